/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * Most frames are plain: untagged IPv4 without options, TCP, no fragment. What is asked of them stands at fixed places,
 * so that they need no cursor; and neither does a blocked IPv4 source, or what is not IP. Whatever is not as plain goes
 * the long way, which decides alike: the differential test plays every frame against one model.
 */
#ifndef SCANWARD_SHORTCUT_BPF_H
#define SCANWARD_SHORTCUT_BPF_H

#include "blocks.bpf.h"
#include "parse.bpf.h"
#include "probe.bpf.h"
#include "sockets.bpf.h"

#define PLAIN_IPV4 0x45 /* version 4, five words */
#define PLAIN_HEADER_BYTES (sizeof(struct iphdr) + TCP_HEADER_BYTES)

enum shortcut {
	SHORTCUT_NONE, /* the long way, to which the blocklist belongs */
	SHORTCUT_NOT_BLOCKED, /* the long way, without the blocklist */
	SHORTCUT_NOT_IP,
	SHORTCUT_BLOCKED,
	SHORTCUT_ESTABLISHED,
	SHORTCUT_NOT_SYN,
	SHORTCUT_SYN, /* the probe is filled in */
	SHORTCUT_STRAY, /* the same */
};

static __always_inline bool type_may_be_ip(__be16 type)
{
	return type == bpf_htons(ETH_P_IP) || type == bpf_htons(ETH_P_IPV6) || type == bpf_htons(ETH_P_8021Q) ||
	       type == bpf_htons(ETH_P_8021AD);
}

/* TCP with a whole header, and not a fragment's. */
static __always_inline bool is_plain_tcp(const struct iphdr *ip, const struct tcphdr *tcp, __u32 room)
{
	__u32 total = bpf_ntohs(ip->tot_len);

	return ip->protocol == IPPROTO_TCP && !(ip->frag_off & bpf_htons(IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) &&
	       total <= room && total >= PLAIN_HEADER_BYTES && tcp->doff >= TCP_HEADER_BYTES / 4 &&
	       tcp->doff * 4u <= total - sizeof(*ip);
}

static __always_inline bool fill_probe(const struct iphdr *ip, const struct tcphdr *tcp)
{
	struct probe *p = only_element(&probe);
	__u32 segment = bpf_ntohs(ip->tot_len) - sizeof(*ip);

	if (!p)
		return false;
	addr_from_ipv4(&p->packet.source, ip->saddr);
	addr_from_ipv4(&p->packet.destination, ip->daddr);
	p->packet.protocol = IPPROTO_TCP;
	p->packet.is_ipv6 = false;
	p->packet.is_cut = false;
	p->packet.transport_offset = sizeof(struct ethhdr) + sizeof(*ip);
	p->packet.transport_length = segment;
	parse_tcp_start(tcp, &p->packet);
	parse_tcp_flags(tcp, &p->packet, tcp->doff * 4u < segment);
	p->source.source = p->packet.source;
	p->source_bits = 128;
	return true;
}

/* Whether a blocked source sends this to a socket that it is connected with. */
static __always_inline bool is_plain_kept(struct xdp_md *ctx, const struct iphdr *ip, const struct tcphdr *tcp,
					  __u32 room)
{
	return is_plain_tcp(ip, tcp, room) && !tcp->syn && keeps_established() && fill_probe(ip, tcp) &&
	       is_established(socket_state(ctx));
}

static __always_inline enum shortcut take_shortcut(struct xdp_md *ctx, __u32 frame_bytes)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	__u32 room = frame_bytes - sizeof(*eth);
	struct block_line *line;
	bool has_payload;
	__u64 cell = 0;
	__u8 flags;

	if ((void *)(tcp + 1) > (void *)(long)ctx->data_end)
		return SHORTCUT_NONE;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return type_may_be_ip(eth->h_proto) ? SHORTCUT_NONE : SHORTCUT_NOT_IP;
	if (*(__u8 *)ip != PLAIN_IPV4)
		return SHORTCUT_NONE;
	line = ipv4_line_of(ip->saddr);
	switch (line_asked(line, ip->saddr, &cell)) {
	case LINE_BLOCKS:
		if (is_plain_kept(ctx, ip, tcp, room))
			return SHORTCUT_ESTABLISHED;
		if (line && cell < BLOCKS_PER_LINE)
			cell_count(line, cell, frame_bytes);
		return SHORTCUT_BLOCKED;
	case LINE_UNSURE:
		return SHORTCUT_NONE;
	default:
		break;
	}
	if (nets_are_blocked() && ipv4_net_drops(ip->saddr, 0)) {
		if (is_plain_kept(ctx, ip, tcp, room))
			return SHORTCUT_ESTABLISHED;
		ipv4_net_drops(ip->saddr, frame_bytes);
		return SHORTCUT_BLOCKED;
	}
	if (!is_plain_tcp(ip, tcp, room))
		return SHORTCUT_NOT_BLOCKED;
	flags = tcp_flags(tcp);
	has_payload = tcp->doff * 4u < bpf_ntohs(ip->tot_len) - sizeof(*ip);
	if (is_data(flags, has_payload))
		return SHORTCUT_NOT_SYN;
	if (!fill_probe(ip, tcp))
		return SHORTCUT_NOT_BLOCKED;
	return is_syn(flags) ? SHORTCUT_SYN : SHORTCUT_STRAY;
}

#endif
