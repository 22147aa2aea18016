/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* Which socket of this host a segment or a datagram belongs to, and to which ports there is somebody behind it. */
#ifndef SCANWARD_SOCKETS_BPF_H
#define SCANWARD_SOCKETS_BPF_H

#include "maps.bpf.h"
#include "probe.bpf.h"

/* There is no socket; every other state is as in enum BPF_TCP_*. A UDP socket is BPF_TCP_CLOSE, as most are. */
#define SOCKET_NONE 0
/* States of a TCP socket in which nobody has proven to be at the other end, or nobody needs to be any more. */
#define STATES_NOT_ESTABLISHED                                                                                         \
	(1u << SOCKET_NONE | 1u << BPF_TCP_SYN_SENT | 1u << BPF_TCP_SYN_RECV | 1u << BPF_TCP_TIME_WAIT |               \
	 1u << BPF_TCP_LISTEN | 1u << BPF_TCP_NEW_SYN_RECV)

static __always_inline bool is_established(__u32 state)
{
	return state < BPF_TCP_MAX_STATES && !(STATES_NOT_ESTABLISHED & 1u << state);
}

/* A listener does not own what is no SYN: it answers such a probe with a RST, or not at all. */
static __always_inline bool is_owned(__u32 state)
{
	return state != SOCKET_NONE && state != BPF_TCP_LISTEN;
}

static __always_inline __u32 test_socket_state(const struct packet *p)
{
	struct test_socket key = {
		.source = p->source,
		.destination = p->destination,
		.source_port = bpf_htons(p->source_port),
		.destination_port = bpf_htons(p->destination_port),
		.protocol = p->protocol,
	};
	const __u32 *state = bpf_map_lookup_elem(&test_sockets, &key);

	if (!state) {
		addr_set(&key.source, 0, 0);
		key.source_port = 0;
		state = bpf_map_lookup_elem(&test_sockets, &key);
	}
	return state ? *state : SOCKET_NONE;
}

static __always_inline void tuple_fill(struct bpf_sock_tuple *tuple, const struct packet *p)
{
	if (!p->is_ipv6) {
		tuple->ipv4.saddr = *(const __u32 *)&p->source.octets[12];
		tuple->ipv4.daddr = *(const __u32 *)&p->destination.octets[12];
		tuple->ipv4.sport = bpf_htons(p->source_port);
		tuple->ipv4.dport = bpf_htons(p->destination_port);
		return;
	}
	__builtin_memcpy(tuple->ipv6.saddr, &p->source, sizeof(p->source));
	__builtin_memcpy(tuple->ipv6.daddr, &p->destination, sizeof(p->destination));
	tuple->ipv6.sport = bpf_htons(p->source_port);
	tuple->ipv6.dport = bpf_htons(p->destination_port);
}

/*
 * The state of the socket that would get the packet of `probe`, or SOCKET_NONE. Unlike bpf_sk_lookup_tcp this finds
 * time-wait and request sockets as what they are. Global: the verifier looks at it once.
 */
__noinline int socket_state(struct xdp_md *ctx)
{
	struct probe *asked = only_element(&probe);
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *socket;
	const struct packet *p;
	__u32 bytes, state;

	if (!asked)
		return SOCKET_NONE;
	p = &asked->packet;
	if (sockets_kind == SOCKETS_TEST)
		return test_socket_state(p);
	bytes = p->is_ipv6 ? sizeof(tuple.ipv6) : sizeof(tuple.ipv4);
	tuple_fill(&tuple, p);
	if (p->protocol == IPPROTO_UDP) {
		socket = bpf_sk_lookup_udp(ctx, &tuple, bytes, BPF_F_CURRENT_NETNS, 0);
		if (!socket)
			return SOCKET_NONE;
		bpf_sk_release(socket);
		return BPF_TCP_CLOSE;
	}
	socket = bpf_skc_lookup_tcp(ctx, &tuple, bytes, BPF_F_CURRENT_NETNS, 0);
	if (!socket)
		return SOCKET_NONE;
	state = socket->state;
	bpf_sk_release(socket);
	return state;
}

static __always_inline bool keeps_established(void)
{
	const struct policy *rules = only_element(&policy);

	return rules && rules->keep_established;
}

static __always_inline bool is_local(const struct addr *address)
{
	return bpf_map_lookup_elem(&local, address) != NULL;
}

static __always_inline __u8 *forwarded_byte(__u16 port)
{
	__u32 index = port / FORWARDED_PORTS;
	struct forwarded *ports = bpf_map_lookup_elem(&forwarded, &index);

	return ports ? &ports->is_forwarded[port % FORWARDED_PORTS] : NULL;
}

static __always_inline bool is_forwarded(__u16 port)
{
	const __u8 *byte = forwarded_byte(port);

	return byte && *byte;
}

static __always_inline void note_forwarded(__u16 port)
{
	__u8 *byte = forwarded_byte(port);

	if (byte)
		*byte = 1;
}

#endif
