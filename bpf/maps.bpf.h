/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* The maps, the constants that the loader patches, and the clock. */
#ifndef SCANWARD_MAPS_BPF_H
#define SCANWARD_MAPS_BPF_H

#include "types.h"
#include <bpf/bpf_helpers.h>

/*
 * Sizes are defaults; the loader sets max_entries of sources, singles, syns, blocked, blocked_lines, blocked_nets, block_notes and allow.
 * Values of a map that can be mapped begin on a page: so a line of 64 bytes is one cache line, not two halves.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct policy);
} policy SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix_key);
	__type(value, struct allow);
} allow SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct addr);
	__type(value, struct local);
} local SEC(".maps");

/*
 * One byte a TCP port, in host order; no two writers share a byte. A handshake to it went on although no socket here owns
 * it: it is published for somebody behind this host, whose sockets nobody here can ask.
 */
#define FORWARDED_PORTS 64
struct forwarded {
	__u8 is_forwarded[FORWARDED_PORTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 65536 / FORWARDED_PORTS);
	__type(key, __u32);
	__type(value, struct forwarded);
} forwarded SEC(".maps");

/* Mmapable, because then its values begin on a page: a line of 128 bytes is two cache lines, not three. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 32768);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct block_line);
} blocked_lines SEC(".maps");

/* Not an LRU: no flood of new blocks may push an old one out. It costs what stands in it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct addr);
	__type(value, struct block);
} blocked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix_key);
	__type(value, struct block);
} blocked_nets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct blocklist);
} blocklist SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix_key);
	__type(value, struct grace);
} graces SEC(".maps");

/* No program uses it: it is here so that it lives and dies with the others. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix_key);
	__type(value, struct block_note);
} block_notes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct source_set);
} sources SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 131072);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct line);
} singles SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 32768);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct line);
} syns SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} connections SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024);
} scans SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

/* Only with SOCKETS_TEST; the tests make it larger. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct test_socket);
	__type(value, __u32);
} test_sockets SEC(".maps");

/* Patched before load and frozen: the verifier removes the branches that they rule out. */
const volatile __u32 clock_kind = CLOCK_KTIME;
const volatile __u32 sockets_kind = SOCKETS_KERNEL;
const volatile __u32 has_frags = 0; /* the kernel has multi-buffer frames (5.18) */
const volatile __u32 source_sets = 16384;
const volatile __u32 single_lines = 131072;
const volatile __u32 syn_lines = 32768;
const volatile __u32 block_lines = 32768;
const volatile __u32 max_blocks = 65536;
const volatile __u64 secret[SECRET_WORDS] = {};

/* The test's clock. */
__u64 test_now_ns = 0;

/* Records that are only ever reserved in a ring are not in BTF unless a global names them. */
const struct connection *btf_connection __attribute__((unused));
const struct scan *btf_scan __attribute__((unused));
const struct command *btf_command __attribute__((unused));
const enum verdict *btf_verdict __attribute__((unused));
const enum mode *btf_mode __attribute__((unused));
const enum response *btf_response __attribute__((unused));
const enum allow_reason *btf_allow_reason __attribute__((unused));
const enum block_reason *btf_block_reason __attribute__((unused));
const enum block_outcome *btf_block_outcome __attribute__((unused));
const enum command_op *btf_command_op __attribute__((unused));
const enum clock_kind *btf_clock_kind __attribute__((unused));
const enum sockets_kind *btf_sockets_kind __attribute__((unused));
const enum probe_kind *btf_probe_kind __attribute__((unused));
const enum port_state *btf_port_state __attribute__((unused));
const enum evidence *btf_evidence __attribute__((unused));

static __always_inline __u64 clock_now_ns(void)
{
	__u32 kind = clock_kind;

	if (kind == CLOCK_TEST)
		return test_now_ns;
	if (kind == CLOCK_COARSE)
		return bpf_ktime_get_coarse_ns();
	return bpf_ktime_get_ns();
}

static __always_inline void *only_element(void *map)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(map, &zero);
}

#endif
