/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills every struct of bpf/types.h with known values and prints its bytes, as gcc lays them out, and the
 * values, as one JSON line each. With -DBIG_ENDIAN_SCALARS gcc stores the numbers as a big-endian machine
 * would. `npm run generate -w @scanward/map-codec` runs it for both orders.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <linux/types.h>
#include <linux/bpf.h>

#ifdef BIG_ENDIAN_SCALARS
/* Its warning is of a pointer to such a struct; print_bytes() is there to look at the raw bytes. */
#pragma GCC diagnostic ignored "-Wscalar-storage-order"
#pragma scalar_storage_order big-endian
/* The bytes of a __be16 or __be32 are in network order in both; stored as a big-endian number they already are. */
#define BE16(value) (value)
#define BE32(value) (value)
#else
#define BE16(value) htons(value)
#define BE32(value) htonl(value)
#endif
#include "types.h"
#pragma scalar_storage_order default

/* Each case gives the numbers another way: all different bytes, all zero, or the largest that fit. */
enum fill { DISTINCT, ZERO, LARGEST };
static const char *const fill_names[] = { "distinct", "zero", "largest" };

static enum fill fill;
static __u8 next_byte;
static int first_field;

/* Of DISTINCT bytes no two neighbours are the same, so a swapped or shifted field is found out. */
static __u64 next_number(unsigned int bytes)
{
	__u64 number = 0;

	for (unsigned int i = 0; i < bytes; i++)
		number = number << 8 | (fill == DISTINCT ? ++next_byte : fill == ZERO ? 0 : 0xff);
	return number;
}

/* Prints a C path with the indices in place of [i] and [j]. */
static void print_path(const char *path, int i, int j)
{
	printf("%s\"", first_field ? "" : ",");
	first_field = 0;
	for (path += strcspn(path, "."), path += *path == '.'; *path; path++) {
		if (strncmp(path, "[i]", 3) == 0 || strncmp(path, "[j]", 3) == 0) {
			printf("[%d]", path[1] == 'i' ? i : j);
			path += 2;
		} else {
			putchar(*path);
		}
	}
	printf("\":");
}

static void print_bytes(const void *bytes, size_t count)
{
	putchar('"');
	for (size_t i = 0; i < count; i++)
		printf("%02x", ((const __u8 *)bytes)[i]);
	putchar('"');
}

/* Sets one field and prints it. i and j are in scope. */
#define NUMBER(place)                                          \
	do {                                                   \
		__u64 number_ = next_number(sizeof(place));    \
		(place) = number_;                             \
		print_path(#place, i, j);                      \
		printf("\"%llu\"", (unsigned long long)number_); \
	} while (0)
#define PORT(place)                                            \
	do {                                                   \
		__u16 number_ = next_number(2);                \
		(place) = BE16(number_);                       \
		print_path(#place, i, j);                      \
		printf("\"%u\"", number_);                     \
	} while (0)
#define IPV4(place)                                            \
	do {                                                   \
		__u32 number_ = next_number(4);                \
		(place) = BE32(number_);                       \
		print_path(#place, i, j);                      \
		printf("\"%u\"", number_);                     \
	} while (0)
#define OCTETS(place, member)                                  \
	do {                                                   \
		__u8 octets_[sizeof((place)member)];            \
		for (int o_ = 0; o_ < (int)sizeof(octets_); o_++) \
			(place)member[o_] = octets_[o_] = next_number(1); \
		print_path(#place, i, j);                      \
		print_bytes(octets_, sizeof(octets_));         \
	} while (0)
#define ADDR(place) OCTETS(place, .octets)
#define EACH(variable, count) for (variable = 0; variable < (count); variable++)

/* The fields of a struct: printed between the braces, the bytes after it. */
#define GOLDEN(type, fields)                                            \
	static void golden_##type(void)                                 \
	{                                                               \
		struct type v;                                          \
		int i = 0, j = 0;                                       \
                                                                        \
		memset(&v, 0, sizeof(v));                               \
		printf("{\"struct\":\"%s\",\"fill\":\"%s\",\"fields\":{", #type, fill_names[fill]); \
		first_field = 1;                                        \
		fields;                                                 \
		printf("},\"bytes\":");                                 \
		print_bytes(&v, sizeof(v));                             \
		printf("}\n");                                          \
		(void)i;                                                \
		(void)j;                                                \
	}

GOLDEN(addr, ADDR(v))
GOLDEN(prefix, ADDR(v.address); ADDR(v.mask))
GOLDEN(policy,
	NUMBER(v.window_ns); NUMBER(v.block_ttl_ns); NUMBER(v.threshold); NUMBER(v.mode); NUMBER(v.response);
	NUMBER(v.ipv6_prefix); NUMBER(v.onlink_count); NUMBER(v.blocks_per_minute); NUMBER(v.ephemeral_first);
	NUMBER(v.ephemeral_last); NUMBER(v.evidence); NUMBER(v.keep_established); ADDR(v.ipv6_mask);
	EACH(i, ONLINK_MAX) { ADDR(v.onlink[i].address); ADDR(v.onlink[i].mask); })
GOLDEN(local, NUMBER(v.kind))
GOLDEN(prefix_key, NUMBER(v.prefix_bits); OCTETS(v.address,))
GOLDEN(allow, NUMBER(v.reason))
GOLDEN(block_line,
	NUMBER(v.in_hash); OCTETS(v.reasons,);
	EACH(i, BLOCKS_PER_LINE) IPV4(v.addresses[i]); EACH(i, BLOCKS_PER_LINE) NUMBER(v.expiries[i]);
	EACH(i, BLOCKS_PER_LINE) NUMBER(v.starts[i]); EACH(i, BLOCKS_PER_LINE) NUMBER(v.packets[i]);
	EACH(i, BLOCKS_PER_LINE) NUMBER(v.bytes[i]))
GOLDEN(block,
	NUMBER(v.start_ns); NUMBER(v.expiry_ns); NUMBER(v.packets); NUMBER(v.bytes); NUMBER(v.reason);
	NUMBER(v.bits))
GOLDEN(blocklist, NUMBER(v.is_taken); NUMBER(v.count); NUMBER(v.span_blocks); NUMBER(v.span_start);
	NUMBER(v.nets))
GOLDEN(grace, NUMBER(v.until_ns))
GOLDEN(block_note,
	NUMBER(v.ports_count); NUMBER(v.text_length); EACH(i, PORTS_MAX) PORT(v.ports[i]); OCTETS(v.text,))
GOLDEN(source,
	ADDR(v.source); ADDR(v.destination); NUMBER(v.over_ns); NUMBER(v.until_ns); NUMBER(v.connections);
	NUMBER(v.ports); EACH(i, PORTS_MAX) NUMBER(v.touches[i]))
GOLDEN(source_set,
	EACH(i, SOURCES_PER_SET) {
		ADDR(v.slots[i].source); ADDR(v.slots[i].destination); NUMBER(v.slots[i].over_ns);
		NUMBER(v.slots[i].until_ns); NUMBER(v.slots[i].connections); NUMBER(v.slots[i].ports);
		EACH(j, PORTS_MAX) NUMBER(v.slots[i].touches[j]);
	})
GOLDEN(line, NUMBER(v.mark); EACH(i, CELLS_PER_LINE) NUMBER(v.cells[i]))
GOLDEN(connection,
	NUMBER(v.time_ns); ADDR(v.source); ADDR(v.destination); PORT(v.source_port); PORT(v.destination_port);
	NUMBER(v.ifindex); NUMBER(v.kind); NUMBER(v.port_state))
GOLDEN(scan,
	NUMBER(v.time_ns); ADDR(v.source); ADDR(v.destination); NUMBER(v.expiry_ns); NUMBER(v.ifindex);
	NUMBER(v.ports_count); NUMBER(v.source_bits); NUMBER(v.blocked); NUMBER(v.kind); NUMBER(v.outcome);
	EACH(i, PORTS_MAX) PORT(v.ports[i]))
GOLDEN(tally, NUMBER(v.packets); NUMBER(v.bytes))
GOLDEN(counters,
	EACH(i, VERDICTS) { NUMBER(v.verdicts[i].packets); NUMBER(v.verdicts[i].bytes); }
	NUMBER(v.connections_lost); NUMBER(v.scans_lost); NUMBER(v.blocks_made); NUMBER(v.blocks_refused);
	NUMBER(v.blocks_capped); NUMBER(v.sources_evicted); NUMBER(v.singles_evicted); NUMBER(v.syns_evicted))
GOLDEN(command,
	NUMBER(v.op); NUMBER(v.first); NUMBER(v.count); NUMBER(v.live); NUMBER(v.emptied);
	NUMBER(v.outcome); NUMBER(v.next); NUMBER(v.is_net); ADDR(v.source); NUMBER(v.block.start_ns); NUMBER(v.block.expiry_ns);
	NUMBER(v.block.packets); NUMBER(v.block.bytes); NUMBER(v.block.reason);
	NUMBER(v.block.bits))
GOLDEN(test_socket,
	ADDR(v.source); ADDR(v.destination); PORT(v.source_port); PORT(v.destination_port); NUMBER(v.protocol))

int main(void)
{
	for (fill = DISTINCT; fill <= LARGEST; fill++) {
		next_byte = 0;
		golden_addr();
		golden_prefix();
		golden_policy();
		golden_local();
		golden_prefix_key();
		golden_allow();
		golden_block_line();
		golden_block();
		golden_blocklist();
		golden_grace();
		golden_block_note();
		golden_source();
		golden_source_set();
		golden_line();
		golden_connection();
		golden_scan();
		golden_tally();
		golden_counters();
		golden_command();
		golden_test_socket();
	}
	return 0;
}
