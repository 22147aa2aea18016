/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * One parse_<header> for each header. Each checks its bounds, moves the cursor behind the header and
 * returns what comes next, or a verdict where the packet ends for us.
 */
#ifndef SCANWARD_PARSE_BPF_H
#define SCANWARD_PARSE_BPF_H

#include "addr.bpf.h"
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#define VLAN_TAGS_MAX 2
#define IPV6_EXTENSIONS_MAX 8
#define IPV6_HEADER_BYTES 40
#define TCP_HEADER_BYTES 20
#define TCP_START_BYTES 8 /* ports and sequence number */
#define TCP_FLAGS_BYTES 16 /* up to the flags, in whole units of a fragment: 8 bytes */

#define IPV4_OFFSET_MASK 0x1fff
#define IPV4_MORE_FRAGMENTS 0x2000
#define IPV6_OFFSET_MASK 0xfff8
#define IPV6_MORE_FRAGMENTS 1

/* Extension headers that linux/in6.h, which does not go together with linux/in.h, would name. */
#define NEXT_HOP 0
#define NEXT_ROUTING 43
#define NEXT_FRAGMENT 44
#define NEXT_AUTH 51
#define NEXT_DESTINATION 60
#define NEXT_MOBILITY 135
#define NEXT_HIP 139
#define NEXT_SHIM6 140

/* Results below zero end the parse: a verdict, stored as its complement. */
#define ENDS_AS(verdict) (~(int)(verdict))

struct cursor {
	void *start;
	void *pos;
	void *end;
};

struct vlan_tag {
	__be16 control;
	__be16 next;
};

struct ipv6_extension {
	__u8 next;
	__u8 length;
	__be16 fragment_offset; /* of a fragment header */
	__u32 rest;
};

struct packet {
	struct addr source;
	struct addr destination;
	__u32 network_offset; /* of the IP header in the frame */
	__u32 length; /* of the IP packet by its own header */
	__u32 sequence;
	__u32 source_port; /* host order */
	__u32 destination_port;
	__u32 transport_offset; /* of the TCP or UDP header in the frame */
	__u32 transport_length; /* what its checksum is over; 0: of a fragment, which nobody can check */
	__u8 protocol; /* behind the IP header, then behind the extension headers */
	bool is_ipv6;
	bool is_cut; /* more fragments come */
	__s8 ends; /* below zero: as ENDS_AS, once the blocklist was asked */
	__u8 flags; /* of TCP, the lower six; of a fragment that ends before them 0 */
	__u8 kind; /* enum probe_kind: what it asks with, if it asks */
	bool has_payload; /* of TCP; also a fragment's, more of which comes */
	__u8 pad[5];
};

/* Bytes of the frame in front of the cursor. */
static __always_inline __u32 offset_of(const struct cursor *c)
{
	__u64 bytes = c->pos - c->start;

	asm volatile("" : "+r"(bytes)); /* or clang reckons with halves of pointers, which the verifier forbids */
	return bytes;
}

/* Bytes of the IP packet in front of the cursor. */
static __always_inline __u32 consumed(const struct cursor *c, const struct packet *p)
{
	return offset_of(c) - p->network_offset;
}

/*
 * The same place, without the way there: half a word on the stack loses its value in the verifier's
 * eyes, so what follows is verified once, not once for each number of tags and extension headers.
 */
#define OFFSET_MASK 0x7fff
static __always_inline void cursor_forget_path(struct cursor *c)
{
	volatile __u16 offset = offset_of(c);

	c->pos = c->start + (offset & OFFSET_MASK);
}

/* EtherType in host order. */
static __always_inline int parse_ethernet(struct cursor *c)
{
	struct ethhdr *eth = c->pos;
	__be16 type;

	if ((void *)(eth + 1) > c->end)
		return ENDS_AS(PASS_MALFORMED);
	type = eth->h_proto;
	c->pos = eth + 1;

	for (int i = 0; i < VLAN_TAGS_MAX; i++) {
		struct vlan_tag *tag = c->pos;

		if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD))
			break;
		if ((void *)(tag + 1) > c->end)
			return ENDS_AS(PASS_MALFORMED);
		type = tag->next;
		c->pos = tag + 1;
	}
	return bpf_ntohs(type);
}

static __always_inline int parse_ipv4(struct cursor *c, struct packet *p, __u32 room)
{
	struct iphdr *ip = c->pos;
	__u32 header;

	if ((void *)(ip + 1) > c->end)
		return ENDS_AS(PASS_MALFORMED);
	if (ip->version != 4)
		return ENDS_AS(PASS_MALFORMED);
	addr_from_ipv4(&p->source, ip->saddr);
	addr_from_ipv4(&p->destination, ip->daddr);
	p->protocol = ip->protocol;
	p->ends = 0;
	p->is_ipv6 = false;
	p->is_cut = (ip->frag_off & bpf_htons(IPV4_MORE_FRAGMENTS)) != 0;
	header = ip->ihl * 4;
	p->length = bpf_ntohs(ip->tot_len);
	if (header < sizeof(*ip) || p->length < header || p->length > room || c->pos + header > c->end)
		p->ends = ENDS_AS(PASS_MALFORMED);
	else if (ip->frag_off & bpf_htons(IPV4_OFFSET_MASK))
		p->ends = ENDS_AS(PASS_FRAGMENT);
	else
		c->pos += header;
	return 0;
}

static __always_inline int parse_ipv6(struct cursor *c, struct packet *p, __u32 room)
{
	struct ipv6hdr *ip = c->pos;

	if ((void *)(ip + 1) > c->end)
		return ENDS_AS(PASS_MALFORMED);
	if (ip->version != 6)
		return ENDS_AS(PASS_MALFORMED);
	__builtin_memcpy(&p->source, &ip->saddr, sizeof(p->source));
	__builtin_memcpy(&p->destination, &ip->daddr, sizeof(p->destination));
	/* ::ffff:a.b.c.d has no place on the wire, and must not put the blame on an IPv4 host. */
	if (addr_is_ipv4_mapped(&p->source))
		return ENDS_AS(PASS_MALFORMED);
	p->protocol = ip->nexthdr;
	p->ends = 0;
	p->is_ipv6 = true;
	p->is_cut = false;
	p->length = IPV6_HEADER_BYTES + bpf_ntohs(ip->payload_len);
	/* Linux then looks no further than the frame's end: the options might hold a jumbo length. */
	if (ip->payload_len == 0 && ip->nexthdr == NEXT_HOP)
		p->length = room;
	if (p->length == IPV6_HEADER_BYTES || p->length > room)
		p->ends = ENDS_AS(PASS_MALFORMED);
	c->pos = ip + 1;
	return 0;
}

/*
 * An extension header has 8 bytes plus so many for each unit of its length field. A table, because the
 * verifier follows every branch of a switch through every round of the loop below.
 */
#define IS_EXTENSION 0x10
#define UNIT_BYTES 0x0f
#define EXTENSION_BYTES_MASK 0xfff /* the longest has 2,048 */

static const __u8 extension_kind[256] = {
	[NEXT_HOP] = IS_EXTENSION | 8,	     [NEXT_ROUTING] = IS_EXTENSION | 8,	 [NEXT_FRAGMENT] = IS_EXTENSION,
	[NEXT_AUTH] = IS_EXTENSION | 4,	     [NEXT_DESTINATION] = IS_EXTENSION | 8, [NEXT_MOBILITY] = IS_EXTENSION | 8,
	[NEXT_HIP] = IS_EXTENSION | 8,	     [NEXT_SHIM6] = IS_EXTENSION | 8,
};

static __always_inline int parse_extensions(struct cursor *c, struct packet *p)
{
	for (int i = 0; i <= IPV6_EXTENSIONS_MAX; i++) {
		struct ipv6_extension *header = c->pos;
		__u8 kind = extension_kind[p->protocol];
		__u32 bytes;

		if (!kind)
			return 0;
		if (i == IPV6_EXTENSIONS_MAX || (void *)(header + 1) > c->end)
			return ENDS_AS(PASS_MALFORMED);
		bytes = 8 + header->length * (kind & UNIT_BYTES);
		asm volatile("" : "+r"(bytes)); /* or clang drops the mask, without which 5.10 knows no bound */
		bytes &= EXTENSION_BYTES_MASK;
		if (c->pos + bytes > c->end || consumed(c, p) + bytes > p->length)
			return ENDS_AS(PASS_MALFORMED);
		if (p->protocol == NEXT_FRAGMENT && (header->fragment_offset & bpf_htons(IPV6_OFFSET_MASK)))
			return ENDS_AS(PASS_FRAGMENT);
		if (p->protocol == NEXT_FRAGMENT)
			p->is_cut = (header->fragment_offset & bpf_htons(IPV6_MORE_FRAGMENTS)) != 0;
		p->protocol = header->next;
		c->pos += bytes;
	}
	return ENDS_AS(PASS_MALFORMED);
}

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10
#define TCP_URG 0x20
#define TCP_FLAGS 0x3f /* the others are bits of ECN */

static __always_inline __u8 tcp_flags(const struct tcphdr *tcp)
{
	return ((const __u8 *)tcp)[13] & TCP_FLAGS;
}

/* What Linux would take for a SYN. */
static __always_inline bool is_syn(__u8 flags)
{
	return (flags & (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST)) == TCP_SYN;
}

/* A segment of a stream, as most are: it is never asked about. */
static __always_inline bool is_data(__u8 flags, bool has_payload)
{
	return (flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_ACK && has_payload;
}

/* SYN+ACK and RST are answers; when nobody asked, backscatter of a forged scan elsewhere. */
static __always_inline enum probe_kind kind_of(__u8 flags, bool has_payload)
{
	if (is_syn(flags))
		return KIND_SYN;
	if ((flags & (TCP_SYN | TCP_RST)) && (flags & TCP_FIN))
		return KIND_ODD;
	if (flags & TCP_SYN)
		return flags & TCP_RST ? KIND_ODD : KIND_NONE;
	if ((flags & TCP_RST) || is_data(flags, has_payload))
		return KIND_NONE;
	if (flags & TCP_ACK) {
		if (!(flags & TCP_FIN))
			return KIND_ACK;
		return flags & TCP_URG ? KIND_ODD : KIND_MAIMON;
	}
	switch (flags) {
	case 0:
		return KIND_NULL;
	case TCP_FIN:
		return KIND_FIN;
	case TCP_FIN | TCP_PSH | TCP_URG:
		return KIND_XMAS;
	default:
		return KIND_ODD;
	}
}

/* Ports and sequence number. */
static __always_inline void parse_tcp_start(const struct tcphdr *tcp, struct packet *p)
{
	p->source_port = bpf_ntohs(tcp->source);
	p->destination_port = bpf_ntohs(tcp->dest);
	p->sequence = bpf_ntohl(tcp->seq);
}

/* Flags, and what they make of the segment. */
static __always_inline void parse_tcp_flags(const struct tcphdr *tcp, struct packet *p, bool has_payload)
{
	p->flags = tcp_flags(tcp);
	p->has_payload = has_payload;
	p->kind = kind_of(p->flags, has_payload);
}

/*
 * A first fragment may end within the header (nmap -f). Linux puts it together, so one that ends before the
 * flags counts like a SYN: nothing honest is cut there. Of 8 to 15 bytes Linux keeps 8.
 */
static __always_inline int parse_tcp(struct cursor *c, struct packet *p)
{
	__u32 left = p->length - consumed(c, p);
	struct tcphdr *tcp = c->pos;
	__u32 header;

	if (c->pos + TCP_START_BYTES > c->end || left < TCP_START_BYTES)
		return ENDS_AS(PASS_MALFORMED);
	parse_tcp_start(tcp, p);
	p->transport_offset = offset_of(c);
	p->transport_length = p->is_cut ? 0 : left;
	if (p->is_cut && left < TCP_FLAGS_BYTES) {
		p->flags = 0;
		p->has_payload = true;
		p->kind = KIND_FRAGMENT;
		return 0;
	}
	if (c->pos + TCP_FLAGS_BYTES > c->end)
		return ENDS_AS(PASS_MALFORMED);
	header = tcp->doff * 4;
	if (header < TCP_HEADER_BYTES)
		return ENDS_AS(PASS_MALFORMED);
	if (!p->is_cut && ((void *)(tcp + 1) > c->end || header > left))
		return ENDS_AS(PASS_MALFORMED);
	parse_tcp_flags(tcp, p, p->is_cut || header < left);
	return 0;
}

/* Of a length that Linux would drop nobody needs to know; IPv6 may leave it out. */
static __always_inline int parse_udp(struct cursor *c, struct packet *p)
{
	__u32 left = p->length - consumed(c, p);
	struct udphdr *udp = c->pos;
	__u32 length;

	if ((void *)(udp + 1) > c->end || left < sizeof(*udp))
		return ENDS_AS(PASS_NOT_TCP);
	length = bpf_ntohs(udp->len);
	if (length == 0 && p->is_ipv6)
		length = left;
	if (length < sizeof(*udp) || (!p->is_cut && length > left))
		return ENDS_AS(PASS_NOT_TCP);
	p->source_port = bpf_ntohs(udp->source);
	p->destination_port = bpf_ntohs(udp->dest);
	p->transport_offset = offset_of(c);
	p->transport_length = p->is_cut ? 0 : length;
	p->kind = KIND_UDP;
	return 0;
}

/* The IP header: whose packet it is. */
static __always_inline int parse_network(struct cursor *c, struct packet *p, __u32 frame_bytes)
{
	int type = parse_ethernet(c);
	__u32 room;

	if (type < 0)
		return type;
	cursor_forget_path(c);
	p->network_offset = offset_of(c);
	room = frame_bytes - p->network_offset;
	if (type == ETH_P_IP)
		return parse_ipv4(c, p, room);
	if (type == ETH_P_IPV6)
		return parse_ipv6(c, p, room);
	return ENDS_AS(PASS_NOT_IP);
}

/* What is behind it: a segment or a datagram, or the verdict of what is neither. */
static __always_inline int parse_transport(struct cursor *c, struct packet *p)
{
	int result;

	if (p->ends < 0)
		return p->ends;
	if (p->is_ipv6) {
		result = parse_extensions(c, p);
		if (result < 0)
			return result;
	}
	cursor_forget_path(c);
	if (p->protocol == IPPROTO_TCP)
		return parse_tcp(c, p);
	return p->protocol == IPPROTO_UDP ? parse_udp(c, p) : ENDS_AS(PASS_NOT_TCP);
}

#endif
