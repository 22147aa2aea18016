/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * Most frames are data of connections: untagged IPv4 without options, TCP, no SYN. Their verdict needs no cursor, and
 * neither does that of a blocked IPv4 source or of what is not IP. Whatever is not as plain goes the long way, which
 * decides alike: the differential test plays every frame against one model.
 */
#ifndef SCANWARD_SHORTCUT_BPF_H
#define SCANWARD_SHORTCUT_BPF_H

#include "blocks.bpf.h"
#include "parse.bpf.h"

#define PLAIN_IPV4 0x45 /* version 4, five words */
#define PLAIN_HEADER_BYTES (sizeof(struct iphdr) + TCP_HEADER_BYTES)

/* What the shortcut knows: a verdict, or VERDICTS. */
struct shortcut {
	enum verdict verdict;
	__u32 is_not_blocked; /* the blocklist was asked */
};

static __always_inline bool type_may_be_ip(__be16 type)
{
	return type == bpf_htons(ETH_P_IP) || type == bpf_htons(ETH_P_IPV6) || type == bpf_htons(ETH_P_8021Q) ||
	       type == bpf_htons(ETH_P_8021AD);
}

/* A whole TCP header without SYN, or with ACK too, and not a fragment's. */
static __always_inline bool is_plain_data(const struct iphdr *ip, const struct tcphdr *tcp, __u32 room)
{
	__u32 total = bpf_ntohs(ip->tot_len);

	return ip->protocol == IPPROTO_TCP && !(ip->frag_off & bpf_htons(IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) &&
	       total <= room && total >= PLAIN_HEADER_BYTES && tcp->doff >= TCP_HEADER_BYTES / 4 &&
	       tcp->doff * 4u <= total - sizeof(*ip) && (!tcp->syn || tcp->ack);
}

static __always_inline struct shortcut take_shortcut(struct xdp_md *ctx, __u32 frame_bytes)
{
	struct shortcut unknown = { .verdict = VERDICTS };
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > (void *)(long)ctx->data_end)
		return unknown;
	if (eth->h_proto != bpf_htons(ETH_P_IP)) {
		if (!type_may_be_ip(eth->h_proto))
			unknown.verdict = PASS_NOT_IP;
		return unknown;
	}
	if (*(__u8 *)ip != PLAIN_IPV4)
		return unknown;
	switch (line_asked(ip->saddr, frame_bytes)) {
	case LINE_BLOCKS:
		unknown.verdict = DROP_BLOCKED;
		return unknown;
	case LINE_UNSURE:
		return unknown;
	default:
		break;
	}
	unknown.is_not_blocked = 1;
	if (is_plain_data(ip, tcp, frame_bytes - sizeof(*eth)))
		unknown.verdict = PASS_NOT_SYN;
	return unknown;
}

#endif
