/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * Multilinear hashing of 32-bit words with secret 64-bit keys, the upper half of the sum: strongly
 * universal (Lemire and Kaser, "Strongly universal string hashing is fast", 2014), so nobody who does
 * not know the keys can choose addresses that meet in one set. One multiplication a word.
 */
#ifndef SCANWARD_HASH_BPF_H
#define SCANWARD_HASH_BPF_H

#include "addr.bpf.h"

static __always_inline __u32 addr_word(const struct addr *a, __u32 index)
{
	return bpf_ntohl(*(const __u32 *)&a->octets[4 * index]);
}

static __always_inline __u64 addr_sum(const struct addr *a, const volatile __u64 *key)
{
	return key[0] * addr_word(a, 0) + key[1] * addr_word(a, 1) + key[2] * addr_word(a, 2) + key[3] * addr_word(a, 3);
}

/* Any number of sets: the hash as a fraction of 2^32, times the sets. */
static __always_inline __u32 hash_to_set(__u32 hash, __u32 sets)
{
	return ((__u64)hash * sets) >> 32;
}

#endif
