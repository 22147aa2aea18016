/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * Who is blocked. IPv4 sources stand in lines, of which every packet asks one cache line, and what finds no cell there, or
 * has none, in a hash. A source has one block at most. Nothing is evicted; a block that has expired stays until another one takes its
 * place or user space removes it.
 */
#ifndef SCANWARD_BLOCKS_BPF_H
#define SCANWARD_BLOCKS_BPF_H

#include "blocklist.bpf.h"
#include "hash.bpf.h"
#include "nets.bpf.h"

/* Of this many blocks one is kept for the operator, and one at least where there are two. */
#define BLOCKS_OF_WHICH_ONE_IS_KEPT 64
#define IN_HASH_MAX 0xffff

static __always_inline __be32 ipv4_of(const struct addr *source)
{
	return *(const __u32 *)&source->octets[12];
}

/* NULL: 0.0.0.0, which can have no cell. */
static __always_inline struct block_line *ipv4_line_of(__be32 ipv4)
{
	const volatile __u64 *key = &secret[SOURCE_KEYS + 2 * SYN_KEYS];
	__u32 index;

	if (ipv4 == 0)
		return NULL;
	index = hash_to_set((key[0] + key[1] * bpf_ntohl(ipv4)) >> 32, block_lines);
	return bpf_map_lookup_elem(&blocked_lines, &index);
}

/* The line of a source; NULL: it can have no cell, because it is not IPv4, or 0.0.0.0. */
static __always_inline struct block_line *line_of(const struct addr *source)
{
	return addr_is_ipv4_mapped(source) ? ipv4_line_of(ipv4_of(source)) : NULL;
}

/* The cell of an address, or BLOCKS_PER_LINE; of address 0 an empty one. */
static __always_inline __u64 cell_of(const struct block_line *line, __be32 address)
{
	__u64 i;

	for (i = 0; i < BLOCKS_PER_LINE; i++)
		if (line->addresses[i] == address)
			break;
	return i;
}

static __always_inline bool cell_is_in_force(const struct block_line *line, __u64 i, __u64 now_ns)
{
	return line->expiries[i] == BLOCK_FOR_EVER || now_ns >> BLOCK_UNIT_SHIFT < line->expiries[i];
}

/* A cell whose block has expired, or BLOCKS_PER_LINE. */
static __always_inline __u64 expired_cell_of(const struct block_line *line, __u64 now_ns)
{
	__u64 i;

	for (i = 0; i < BLOCKS_PER_LINE; i++)
		if (line->addresses[i] && !cell_is_in_force(line, i, now_ns))
			break;
	return i;
}

static __always_inline void cell_read(const struct block_line *line, __u64 i, struct block *block)
{
	__u32 expiry = line->expiries[i];

	block->start_ns = (__u64)line->starts[i] << BLOCK_UNIT_SHIFT;
	block->expiry_ns = expiry == BLOCK_FOR_EVER ? 0 : (__u64)expiry << BLOCK_UNIT_SHIFT;
	block->packets = line->packets[i];
	block->bytes = line->bytes[i];
	block->reason = line->reasons[i];
	block->bits = 128;
}

/* The expiry comes last, and goes first: no packet finds a block in force whose other fields are another's. */
static __always_inline void cell_write(struct block_line *line, __u64 i, __be32 address, const struct block *block)
{
	line->starts[i] = start_units(block->start_ns);
	line->packets[i] = block->packets < ~0U ? block->packets : ~0U;
	line->bytes[i] = block->bytes;
	line->reasons[i] = block->reason;
	line->addresses[i] = address;
	asm volatile("" ::: "memory");
	line->expiries[i] = expiry_units(block->expiry_ns);
}

static __always_inline void cell_empty(struct block_line *line, __u64 i)
{
	line->expiries[i] = 0;
	asm volatile("" ::: "memory");
	line->addresses[i] = 0;
	line->starts[i] = 0;
	line->packets[i] = 0;
	line->bytes[i] = 0;
	line->reasons[i] = 0;
}

static __always_inline void cell_count(struct block_line *line, __u64 i, __u32 frame_bytes)
{
	if (line->packets[i] != ~0U)
		__sync_fetch_and_add(&line->packets[i], 1);
	__sync_fetch_and_add(&line->bytes[i], frame_bytes);
}

/*
 * The allowlist may have been changed since the block was made, and an IPv6 block is of many addresses. With 0 bytes it
 * is only asked, and nothing counted.
 */
static __always_inline bool is_blocked_in_hash(const struct addr *source, const struct addr *address, __u32 frame_bytes)
{
	struct block *block = bpf_map_lookup_elem(&blocked, source);

	if (!block || !is_in_force(block, clock_now_ns()) || is_allowed(address))
		return false;
	if (frame_bytes) {
		__sync_fetch_and_add(&block->packets, 1);
		__sync_fetch_and_add(&block->bytes, frame_bytes);
	}
	return true;
}

enum line_answer { LINE_BLOCKS, LINE_DOES_NOT, LINE_UNSURE };

/*
 * Honest traffic pays for one cache line: neither the clock nor the allowlist is asked without a block. `cell` is that
 * of a block.
 */
static __always_inline enum line_answer line_asked(const struct block_line *line, __be32 ipv4, __u64 *cell)
{
	if (!line)
		return LINE_UNSURE;
	*cell = cell_of(line, ipv4);
	if (*cell < BLOCKS_PER_LINE && cell_is_in_force(line, *cell, clock_now_ns()))
		return LINE_BLOCKS;
	return line->in_hash ? LINE_UNSURE : LINE_DOES_NOT;
}

/* With 0 bytes it is only asked, and nothing counted. */
static __always_inline bool is_blocked(const struct addr *source, const struct addr *address, __u32 frame_bytes)
{
	struct block_line *line = line_of(source);
	enum line_answer answer;
	__u64 cell = 0;

	answer = line_asked(line, ipv4_of(source), &cell);
	if (answer == LINE_BLOCKS) {
		if (frame_bytes && cell < BLOCKS_PER_LINE)
			cell_count(line, cell, frame_bytes);
		return true;
	}
	if (answer == LINE_UNSURE && is_blocked_in_hash(source, address, frame_bytes))
		return true;
	return nets_are_blocked() && net_drops(addr_high(address), addr_low(address), frame_bytes);
}

/* Forged scans may fill the blocklist: the operator can still block. */
static __always_inline bool has_room(const struct blocklist *list, __u32 reason)
{
	__u32 kept = max_blocks / BLOCKS_OF_WHICH_ONE_IS_KEPT;

	if (kept == 0 && max_blocks > 1)
		kept = 1;
	return list->count < (reason == BLOCK_OPERATOR ? max_blocks : max_blocks - kept);
}

static __always_inline bool hash_insert(struct block_line *line, const struct addr *source, const struct block *block)
{
	if (bpf_map_update_elem(&blocked, source, block, BPF_NOEXIST))
		return false;
	if (line && line->in_hash < IN_HASH_MAX)
		line->in_hash++;
	return true;
}

static __always_inline bool hash_remove(struct block_line *line, const struct addr *source)
{
	if (bpf_map_delete_elem(&blocked, source))
		return false;
	if (line && line->in_hash < IN_HASH_MAX)
		line->in_hash--;
	return true;
}

/* Whether a scan may make one more block within this minute; it is counted once it is made. */
static __always_inline bool span_has_room(struct blocklist *list, __u64 now_ns, __u32 blocks_per_minute)
{
	__u32 now = start_units(now_ns);

	if (now >= (__u64)list->span_start + BLOCKS_SPAN_UNITS) {
		list->span_start = now;
		list->span_blocks = 0;
	}
	return blocks_per_minute == 0 || list->span_blocks < blocks_per_minute;
}

/* A block for a source that has none. The allowlist is asked in this turn: see block_recheck. */
static __always_inline enum block_outcome block_add(struct blocklist *list, struct block_line *line,
						    const struct addr *source, const struct block *block, __u64 now_ns)
{
	struct block_line *cells = line && !is_allowed(source) ? line : NULL;
	__u64 i;

	if (cells) {
		i = expired_cell_of(cells, now_ns);
		if (i < BLOCKS_PER_LINE) {
			cell_empty(cells, i);
			cell_write(cells, i, ipv4_of(source), block);
			return BLOCK_MADE;
		}
	}
	if (!has_room(list, block->reason))
		return BLOCK_REFUSED;
	if (cells) {
		i = cell_of(cells, 0);
		if (i < BLOCKS_PER_LINE) {
			cell_write(cells, i, ipv4_of(source), block);
			list->count++;
			return BLOCK_MADE;
		}
	}
	if (!hash_insert(line, source, block))
		return BLOCK_REFUSED;
	list->count++;
	return BLOCK_MADE;
}

/* Of a source its block, if that is in force; or what may be replaced. */
static __always_inline bool block_is_held(const struct addr *source, __u64 now_ns)
{
	struct block_line *line = line_of(source);
	const struct block *old;
	__u64 i;

	if (line) {
		i = cell_of(line, ipv4_of(source));
		if (i < BLOCKS_PER_LINE)
			return cell_is_in_force(line, i, now_ns);
	}
	old = bpf_map_lookup_elem(&blocked, source);
	return old && is_in_force(old, now_ns);
}

/* Blocks a source; one that has a block keeps its place. */
static __always_inline enum block_outcome block_put_taken(struct blocklist *list, const struct addr *source,
							  const struct block *block, __u64 now_ns)
{
	struct block_line *line = line_of(source);
	struct block *old;
	__u64 i;

	if (line) {
		i = cell_of(line, ipv4_of(source));
		if (i < BLOCKS_PER_LINE) {
			cell_write(line, i, ipv4_of(source), block);
			return BLOCK_MADE;
		}
	}
	old = bpf_map_lookup_elem(&blocked, source);
	if (!old)
		return block_add(list, line, source, block, now_ns);
	*old = *block;
	return BLOCK_MADE;
}

/* What a command does: in place of a block that the source has. */
static __always_inline enum block_outcome block_put(const struct addr *source, struct block *block, __u64 now_ns)
{
	struct blocklist *list = blocklist_take();
	enum block_outcome outcome;

	if (!list)
		return BLOCK_UNDECIDED;
	block_round(block);
	outcome = block_put_taken(list, source, block, now_ns);
	blocklist_give_back(list);
	return outcome;
}

/* What a scan does, in its turn: unless the source is blocked, or there were too many within a minute. */
static __always_inline enum block_outcome block_scanner_taken(struct blocklist *list, const struct addr *source,
							      const struct block *block, __u64 now_ns,
							      __u32 blocks_per_minute)
{
	enum block_outcome outcome;

	if (block_is_held(source, now_ns))
		return BLOCK_HELD;
	if (!span_has_room(list, now_ns, blocks_per_minute))
		return BLOCK_CAPPED;
	outcome = block_put_taken(list, source, block, now_ns);
	list->span_blocks += outcome == BLOCK_MADE;
	return outcome;
}

/*
 * Blocks a scanner, unless a packet on another CPU just did. The source comes in two words: a global function, which the
 * verifier looks at once and not once for each way that leads here, takes numbers on every kernel.
 */
__attribute__((noinline)) int block_source(__u64 source_high, __u64 source_low, __u32 bits, __u64 now_ns,
					   __u64 expiry_ns)
{
	struct block block = { .start_ns = now_ns, .expiry_ns = expiry_ns, .reason = BLOCK_SCAN, .bits = bits };
	const struct policy *rules = only_element(&policy);
	struct blocklist *list = blocklist_take();
	enum block_outcome outcome;
	struct addr source;

	if (!list)
		return BLOCK_UNDECIDED;
	addr_set(&source, source_high, source_low);
	block_round(&block);
	outcome = block_scanner_taken(list, &source, &block, now_ns, rules ? rules->blocks_per_minute : 0);
	blocklist_give_back(list);
	return outcome;
}

static __always_inline enum block_outcome block_remove_taken(struct blocklist *list, const struct addr *source)
{
	struct block_line *line = line_of(source);
	__u64 i = line ? cell_of(line, ipv4_of(source)) : BLOCKS_PER_LINE;

	if (line && i < BLOCKS_PER_LINE)
		cell_empty(line, i);
	else if (!hash_remove(line, source))
		return BLOCK_ABSENT;
	list->count--;
	return BLOCK_REMOVED;
}

static __always_inline enum block_outcome block_remove(const struct addr *source)
{
	struct blocklist *list = blocklist_take();
	enum block_outcome outcome;

	if (!list)
		return BLOCK_UNDECIDED;
	outcome = block_remove_taken(list, source);
	blocklist_give_back(list);
	return outcome;
}

static __always_inline enum block_outcome block_find(const struct addr *source, struct block *block)
{
	struct block_line *line = line_of(source);
	__u64 i = line ? cell_of(line, ipv4_of(source)) : BLOCKS_PER_LINE;
	struct block *found;

	if (line && i < BLOCKS_PER_LINE) {
		cell_read(line, i, block);
		return BLOCK_HELD;
	}
	found = bpf_map_lookup_elem(&blocked, source);
	if (!found)
		return BLOCK_ABSENT;
	*block = *found;
	return BLOCK_HELD;
}

/* False: no memory for a block in the hash. */
static __always_inline bool line_recheck(struct block_line *line)
{
	struct block block = {};
	struct addr source;

	for (__u64 i = 0; i < BLOCKS_PER_LINE; i++) {
		__be32 address = line->addresses[i];

		addr_from_ipv4(&source, address);
		if (address == 0 || !is_allowed(&source))
			continue;
		cell_read(line, i, &block);
		if (!hash_insert(line, &source, &block))
			return false;
		cell_empty(line, i);
	}
	return true;
}

/*
 * Moves what is allowed by now out of a line into the hash, where packets ask the allowlist. User space runs it after it has
 * allowed somebody. A block that is written meanwhile is in order: before this turn the cell is seen here, after it the
 * writer saw the new entry of the allowlist. Returns of how many lines, from this one on, that is done: of all `count`
 * while nobody is blocked.
 */
static __always_inline __u32 block_recheck(__u32 index, __u32 count)
{
	struct blocklist *list = blocklist_take();
	struct block_line *line;
	__u32 done = count;

	if (!list)
		return 0;
	line = bpf_map_lookup_elem(&blocked_lines, &index);
	if (list->count)
		done = !line || line_recheck(line);
	blocklist_give_back(list);
	return done;
}

#endif
