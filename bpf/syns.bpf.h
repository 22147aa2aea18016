/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Which SYNs were seen within RETRANSMISSION_NS: a cell holds 40 bits of a hash. */
#ifndef SCANWARD_SYNS_BPF_H
#define SCANWARD_SYNS_BPF_H

#include "lines.bpf.h"
#include "parse.bpf.h"

struct syn_id {
	struct line *line;
	__u64 tag; /* 40 bits */
};

/* Not inlined: its many products would lie on the stack of whoever goes on from here. */
static __noinline __u32 syn_hash(const struct packet *p, __u32 sequence, const volatile __u64 *key)
{
	__u32 ports = p->source_port << 16 | p->destination_port;

	return (key[0] + addr_sum(&p->source, key + 1) + addr_sum(&p->destination, key + 5) + key[9] * ports +
		key[10] * sequence) >> 32;
}

/* A SYN with the addresses and ports of this packet. */
static __always_inline struct syn_id syn_identify(const struct packet *p, __u32 sequence)
{
	__u32 where = syn_hash(p, sequence, &secret[SOURCE_KEYS]);
	__u32 what = syn_hash(p, sequence, &secret[SOURCE_KEYS + SYN_KEYS]);
	__u32 index = hash_to_set(where, syn_lines);

	return (struct syn_id){
		.line = bpf_map_lookup_elem(&syns, &index),
		.tag = (__u64)what << 8 | (where & 0xff),
	};
}

static __always_inline bool syn_is_fresh(__u64 cell, __u64 now_ns)
{
	return cell && cell_age(cell, now_ns) < RETRANSMISSION_NS >> CELL_TIME_SHIFT;
}

/* Remembers the SYN; true when it was seen before. */
static __always_inline bool syn_seen(const struct syn_id *id, __u64 now_ns, struct counters *sums)
{
	struct line *line = id->line;
	__u64 cell, fallen;
	__u32 place;

	if (!line)
		return false;
	bpf_spin_lock(&line->lock);
	place = line_find(line, id->tag, 0, &cell);
	fallen = line_put(line, place, cell_now(id->tag, now_ns));
	bpf_spin_unlock(&line->lock);
	sums->syns_evicted += syn_is_fresh(fallen, now_ns);
	return syn_is_fresh(cell, now_ns);
}

/* Without the lock, and without remembering: whether the SYN was seen. */
static __always_inline bool syn_is_known(const struct syn_id *id, __u64 now_ns)
{
	__u64 cell;

	if (!id->line)
		return false;
	line_find(id->line, id->tag, 0, &cell);
	return syn_is_fresh(cell, now_ns);
}

/* A SYN that is dropped was not seen: its retransmission is judged anew. */
static __always_inline void syn_forget(const struct syn_id *id)
{
	struct line *line = id->line;
	__u64 cell;
	__u32 place;

	if (!line)
		return;
	bpf_spin_lock(&line->lock);
	place = line_find(line, id->tag, 0, &cell);
	if (cell)
		line_take(line, place);
	bpf_spin_unlock(&line->lock);
}

#endif
