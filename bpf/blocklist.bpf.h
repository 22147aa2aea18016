/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * What all parts of the blocklist need: whose turn it is to write, when a block is in force, and who is allowed whatever the
 * blocks say. Sources are in blocks.bpf.h, nets in nets.bpf.h.
 *
 * Packets read without a lock. There is one writer at a time, a packet over the threshold or a command of user space:
 * a spin lock cannot be held over the calls that change hash and trie, so it guards only the flag that says whose turn it is.
 */
#ifndef SCANWARD_BLOCKLIST_BPF_H
#define SCANWARD_BLOCKLIST_BPF_H

#include "addr.bpf.h"
#include "maps.bpf.h"

/* A writer needs a microsecond, a look at the lock some ten nanoseconds. */
#define TURN_TRIES 128

/* The key that finds the longest prefix, of so many bits at most, that holds an address. */
static __always_inline struct prefix_key prefix_key_of(const struct addr *address, __u32 bits)
{
	struct prefix_key key = { .prefix_bits = bits };

	__builtin_memcpy(key.address, address, sizeof(key.address));
	return key;
}

static __always_inline bool is_allowed(const struct addr *address)
{
	struct prefix_key key = prefix_key_of(address, 128);

	return bpf_map_lookup_elem(&allow, &key) != NULL;
}

/* Who was unblocked by command is as good as allowed for a while, but only where he would be blocked anew. */
static __always_inline bool has_grace(const struct addr *address, __u64 now_ns)
{
	struct prefix_key key = prefix_key_of(address, 128);
	const struct grace *grace = bpf_map_lookup_elem(&graces, &key);

	return grace && now_ns < grace->until_ns;
}

/* Times in units. A block lasts at least as long as it was asked for. */
static __always_inline __u32 units_saturated(__u64 units)
{
	return units < BLOCK_FOR_EVER ? units : BLOCK_FOR_EVER;
}

static __always_inline __u32 start_units(__u64 start_ns)
{
	return units_saturated(start_ns >> BLOCK_UNIT_SHIFT);
}

static __always_inline __u32 expiry_units(__u64 expiry_ns)
{
	return expiry_ns ? units_saturated(((expiry_ns - 1) >> BLOCK_UNIT_SHIFT) + 1) : BLOCK_FOR_EVER;
}

static __always_inline __u64 start_of(__u64 start_ns)
{
	return (__u64)start_units(start_ns) << BLOCK_UNIT_SHIFT;
}

/* When a block ends that is to end then. */
static __always_inline __u64 expiry_of(__u64 expiry_ns)
{
	__u64 units = expiry_units(expiry_ns);

	return units == BLOCK_FOR_EVER ? 0 : units << BLOCK_UNIT_SHIFT;
}

/* As it is written: its times are whole units. */
static __always_inline void block_round(struct block *block)
{
	block->start_ns = start_of(block->start_ns);
	block->expiry_ns = expiry_of(block->expiry_ns);
}

static __always_inline bool is_in_force(const struct block *block, __u64 now_ns)
{
	return block->expiry_ns == 0 || now_ns < block->expiry_ns;
}

/* The right to write, for one at a time; NULL: another one has it, and it took too long to wait for. */
static __always_inline struct blocklist *blocklist_take(void)
{
	struct blocklist *list = only_element(&blocklist);

	if (!list)
		return NULL;
	for (int i = 0; i < TURN_TRIES; i++) {
		__u32 was_taken;

		bpf_spin_lock(&list->lock);
		was_taken = list->is_taken;
		list->is_taken = 1;
		bpf_spin_unlock(&list->lock);
		if (!was_taken)
			return list;
	}
	return NULL;
}

static __always_inline void blocklist_give_back(struct blocklist *list)
{
	bpf_spin_lock(&list->lock);
	list->is_taken = 0;
	bpf_spin_unlock(&list->lock);
}

#endif
