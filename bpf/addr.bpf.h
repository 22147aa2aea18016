/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Addresses: 16 bytes in network order, handled as two 64-bit words. */
#ifndef SCANWARD_ADDR_BPF_H
#define SCANWARD_ADDR_BPF_H

#include "types.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

static __always_inline __u64 addr_high(const struct addr *a)
{
	return *(const __u64 *)&a->octets[0];
}

static __always_inline __u64 addr_low(const struct addr *a)
{
	return *(const __u64 *)&a->octets[8];
}

static __always_inline void addr_set(struct addr *a, __u64 high, __u64 low)
{
	*(__u64 *)&a->octets[0] = high;
	*(__u64 *)&a->octets[8] = low;
}

static __always_inline bool addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_high(a) == addr_high(b) && addr_low(a) == addr_low(b);
}

static __always_inline bool addr_is_zero(const struct addr *a)
{
	return (addr_high(a) | addr_low(a)) == 0;
}

/* One store of 64 bits: the processor could not hand two of 32 on to the load of 64 that follows. */
static __always_inline void addr_from_ipv4(struct addr *a, __be32 ipv4)
{
	addr_set(a, 0, bpf_cpu_to_be64(0xffff00000000ULL | bpf_ntohl(ipv4)));
}

static __always_inline bool addr_is_ipv4_mapped(const struct addr *a)
{
	return addr_high(a) == 0 && *(const __u32 *)&a->octets[8] == bpf_htonl(0xffff);
}

/* :: or 0.0.0.0: who has no address yet sends from it (DHCP, duplicate address detection). */
static __always_inline bool addr_is_unspecified(const struct addr *a)
{
	return addr_is_zero(a) || (addr_is_ipv4_mapped(a) && *(const __u32 *)&a->octets[12] == 0);
}

static __always_inline bool addr_is_link_local(const struct addr *a)
{
	return a->octets[0] == 0xfe && (a->octets[1] & 0xc0) == 0x80;
}

static __always_inline bool addr_in(const struct addr *a, const struct prefix *p)
{
	return (addr_high(a) & addr_high(&p->mask)) == addr_high(&p->address) &&
	       (addr_low(a) & addr_low(&p->mask)) == addr_low(&p->address);
}

/* Neighbours are one link away: each of their addresses is a host of its own. */
static __always_inline bool addr_is_onlink(const struct addr *a, const struct policy *rules)
{
	if (addr_is_link_local(a))
		return true;
	for (__u32 i = 0; i < ONLINK_MAX; i++) {
		if (i >= rules->onlink_count)
			return false;
		if (addr_in(a, &rules->onlink[i]))
			return true;
	}
	return false;
}

/* The source that an address belongs to; returns how many of its bits count. */
static __always_inline __u8 source_of(struct addr *source, const struct addr *address, const struct policy *rules)
{
	if (addr_is_ipv4_mapped(address) || addr_is_onlink(address, rules)) {
		*source = *address;
		return 128;
	}
	addr_set(source, addr_high(address) & addr_high(&rules->ipv6_mask),
		 addr_low(address) & addr_low(&rules->ipv6_mask));
	return rules->ipv6_prefix;
}

#endif
