/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Which SYNs were seen within RETRANSMISSION_NS: cells of hashes, in order of use. */
#ifndef SCANWARD_SYNS_BPF_H
#define SCANWARD_SYNS_BPF_H

#include "hash.bpf.h"
#include "maps.bpf.h"
#include "parse.bpf.h"

#define CELL_TIME_SHIFT 24
#define CELL_TIME_MASK ((1ULL << 24) - 1)

struct syn_id {
	struct syn_set *set;
	__u64 tag; /* 40 bits */
};

static __always_inline __u32 syn_hash(const struct packet *p, const volatile __u64 *key)
{
	__u32 ports = p->source_port << 16 | p->destination_port;

	return (key[0] + addr_sum(&p->source, key + 1) + addr_sum(&p->destination, key + 5) + key[9] * ports +
		key[10] * p->sequence) >> 32;
}

static __always_inline struct syn_id syn_identify(const struct packet *p)
{
	__u32 where = syn_hash(p, &secret[SOURCE_KEYS]);
	__u32 what = syn_hash(p, &secret[SOURCE_KEYS + SYN_KEYS]);
	__u32 index = hash_to_set(where, syn_sets);

	return (struct syn_id){
		.set = bpf_map_lookup_elem(&syns, &index),
		.tag = (__u64)what << 8 | (where & 0xff),
	};
}

/* Remembers the SYN; true when it was seen before. */
static __always_inline bool syn_seen(const struct syn_id *id, __u64 now_ns)
{
	struct syn_set *set = id->set;
	__u64 now = (now_ns >> CELL_TIME_SHIFT) & CELL_TIME_MASK;
	__u64 carried = id->tag << CELL_TIME_SHIFT | now;
	bool seen = false;

	if (!set)
		return false;
	bpf_spin_lock(&set->lock);
	for (int i = 0; i < SYNS_PER_SET; i++) {
		__u64 cell = set->cells[i];

		set->cells[i] = carried;
		if (cell >> CELL_TIME_SHIFT == id->tag && cell) {
			__u64 age = (now - cell) & CELL_TIME_MASK;

			seen = age < (RETRANSMISSION_NS >> CELL_TIME_SHIFT);
			break;
		}
		if (!cell)
			break;
		carried = cell;
	}
	bpf_spin_unlock(&set->lock);
	return seen;
}

/* A SYN that is dropped was not seen: its retransmission is judged anew. */
static __always_inline void syn_forget(const struct syn_id *id)
{
	struct syn_set *set = id->set;
	bool found = false;

	if (!set)
		return;
	bpf_spin_lock(&set->lock);
	for (int i = 0; i < SYNS_PER_SET; i++) {
		if (set->cells[i] >> CELL_TIME_SHIFT == id->tag)
			found = true;
		if (found)
			set->cells[i] = i + 1 < SYNS_PER_SET ? set->cells[i + 1] : 0;
	}
	bpf_spin_unlock(&set->lock);
}

#endif
