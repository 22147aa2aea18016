/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * Which nets are blocked: a trie, asked of a packet only when its source has no block of its own, and only while there
 * is any net. Of nets within each other the longest one in force drops the packet.
 */
#ifndef SCANWARD_NETS_BPF_H
#define SCANWARD_NETS_BPF_H

#include "blocklist.bpf.h"

/* So many nets are looked at, from the longest on: one whose block has expired stays until user space removes it. */
#define NET_LOOKS_MAX 8
/* A shorter one is a net of IPv6, which would hold all IPv4 addresses if it held any. */
#define IPV4_NET_BITS_MIN 96

/* What every packet pays while no net is blocked. */
static __always_inline bool nets_are_blocked(void)
{
	const struct blocklist *list = only_element(&blocklist);

	return list && list->nets;
}

static __always_inline bool net_holds(const struct block *net, const struct addr *address)
{
	return net->bits >= IPV4_NET_BITS_MIN || !addr_is_ipv4_mapped(address);
}

/*
 * Whether a packet is dropped because of a net, which is counted; with 0 bytes it is only asked. Global: the verifier looks at it once, and not once for
 * each way that leads here. The address comes in two words: see block_source.
 */
__attribute__((noinline)) int net_drops(__u64 address_high, __u64 address_low, __u32 frame_bytes)
{
	struct prefix_key key;
	struct addr address;

	addr_set(&address, address_high, address_low);
	key = prefix_key_of(&address, 128);
	for (int i = 0; i < NET_LOOKS_MAX; i++) {
		struct block *net = bpf_map_lookup_elem(&blocked_nets, &key);

		if (!net || !net_holds(net, &address))
			return false;
		if (is_in_force(net, clock_now_ns())) {
			if (is_allowed(&address))
				return false;
			if (frame_bytes) {
				__sync_fetch_and_add(&net->packets, 1);
				__sync_fetch_and_add(&net->bytes, frame_bytes);
			}
			return true;
		}
		if (net->bits == 0)
			return false;
		key.prefix_bits = net->bits - 1;
	}
	return false;
}

static __always_inline bool ipv4_net_drops(__be32 ipv4, __u32 frame_bytes)
{
	struct addr address;

	addr_from_ipv4(&address, ipv4);
	return net_drops(addr_high(&address), addr_low(&address), frame_bytes);
}

/* The block of exactly this net, not of one that it is in. */
static __always_inline struct block *net_of(const struct prefix_key *key)
{
	struct block *net = bpf_map_lookup_elem(&blocked_nets, key);

	return net && net->bits == key->prefix_bits ? net : NULL;
}

/* In place where there is one: a full trie of older kernels (before 6.13) refuses to replace. */
static __always_inline enum block_outcome net_put_taken(struct blocklist *list, const struct prefix_key *key,
							const struct block *block)
{
	struct block *old = net_of(key);

	if (old) {
		*old = *block;
		return BLOCK_MADE;
	}
	if (bpf_map_update_elem(&blocked_nets, key, block, BPF_ANY))
		return BLOCK_REFUSED;
	list->nets++;
	return BLOCK_MADE;
}

/* Blocks the net of `block->bits`, in place of a block that it has. */
static __always_inline enum block_outcome net_put(const struct addr *address, struct block *block)
{
	struct prefix_key key = prefix_key_of(address, block->bits);
	struct blocklist *list = blocklist_take();
	enum block_outcome outcome;

	if (!list)
		return BLOCK_UNDECIDED;
	block_round(block);
	outcome = net_put_taken(list, &key, block);
	blocklist_give_back(list);
	return outcome;
}

static __always_inline enum block_outcome net_remove_taken(struct blocklist *list, const struct prefix_key *key)
{
	if (!net_of(key) || bpf_map_delete_elem(&blocked_nets, key))
		return BLOCK_ABSENT;
	list->nets--;
	return BLOCK_REMOVED;
}

static __always_inline enum block_outcome net_remove(const struct addr *address, __u32 bits)
{
	struct prefix_key key = prefix_key_of(address, bits);
	struct blocklist *list = blocklist_take();
	enum block_outcome outcome;

	if (!list)
		return BLOCK_UNDECIDED;
	outcome = net_remove_taken(list, &key);
	blocklist_give_back(list);
	return outcome;
}

/* Reads the block of the net of `block->bits`. */
static __always_inline enum block_outcome net_find(const struct addr *address, struct block *block)
{
	struct prefix_key key = prefix_key_of(address, block->bits);
	const struct block *net = net_of(&key);

	if (!net)
		return BLOCK_ABSENT;
	*block = *net;
	return BLOCK_HELD;
}

#endif
