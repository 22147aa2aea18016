/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * The checksum of a segment or a datagram: one's complement sums, in the order of bytes that the machine has, since a
 * sum of swapped words is the swapped sum (RFC 1071).
 */
#ifndef SCANWARD_CHECKSUM_BPF_H
#define SCANWARD_CHECKSUM_BPF_H

#include "probe.bpf.h"

#define TCP_CHECKSUM_OFFSET 16
#define UDP_CHECKSUM_OFFSET 6

static __always_inline __u64 addr_words_sum(const struct addr *a)
{
	return (addr_high(a) >> 32) + (__u32)addr_high(a) + (addr_low(a) >> 32) + (__u32)addr_low(a);
}

/* The prefix of a mapped IPv4 address adds 0xffff, which is nothing here. */
static __always_inline __u64 pseudo_header_sum(const struct packet *p)
{
	return addr_words_sum(&p->source) + addr_words_sum(&p->destination) + bpf_htonl(p->transport_length) +
	       bpf_htonl(p->protocol);
}

static __always_inline __u16 folded(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

#define CHUNK_BYTES 16

/* Moves the cursor behind the data that it adds up, in whole chunks; what is left is less than one, or cannot be read. */
static __always_inline __u64 chunks_sum(struct cursor *c, __u32 *left)
{
	__u64 sum = 0;

	for (int i = 0; i < CHECKSUM_BYTES_MAX / CHUNK_BYTES; i++) {
		const __u32 *words = c->pos;

		if (*left < CHUNK_BYTES || c->pos + CHUNK_BYTES > c->end)
			break;
		sum += (__u64)words[0] + words[1] + words[2] + words[3];
		c->pos += CHUNK_BYTES;
		*left -= CHUNK_BYTES;
		asm volatile("" : "+r"(c->pos), "+r"(*left)); /* or clang reckons with the end, which the verifier forbids */
	}
	return sum;
}

/* The rest, less than a chunk; false: it cannot be read. */
static __always_inline bool rest_sum(struct cursor *c, __u32 left, __u64 *sum)
{
	for (int i = 0; i < CHUNK_BYTES / 4; i++) {
		if (left < 4)
			break;
		if (c->pos + 4 > c->end)
			return false;
		*sum += *(const __u32 *)c->pos;
		c->pos += 4;
		left -= 4;
		asm volatile("" : "+r"(c->pos), "+r"(left));
	}
	if (left & 2) {
		if (c->pos + 2 > c->end)
			return false;
		*sum += *(const __u16 *)c->pos;
		c->pos += 2;
	}
	if (left & 1) {
		if (c->pos + 1 > c->end)
			return false;
		*sum += bpf_htons(*(const __u8 *)c->pos << 8);
	}
	return left < 4;
}

/*
 * Whether the host would drop the packet of `probe` for its checksum. One that another guest of this machine sent holds
 * the sum of the pseudo header alone: the network card would have done the rest. What cannot be read, is longer than
 * CHECKSUM_BYTES_MAX, or is only a fragment, is not wrong.
 */
__noinline int checksum_is_wrong(struct xdp_md *ctx)
{
	void *start = (void *)(long)ctx->data;
	struct cursor cursor = { .start = start, .pos = start, .end = (void *)(long)ctx->data_end };
	struct probe *checked = only_element(&probe);
	const struct packet *p;
	__u64 pseudo, sum;
	__u16 *field;
	__u32 left;

	if (!checked)
		return false;
	p = &checked->packet;
	left = p->transport_length;
	if (left == 0 || left > CHECKSUM_BYTES_MAX)
		return false;
	cursor.pos += p->transport_offset & OFFSET_MASK;
	field = cursor.pos + (p->protocol == IPPROTO_UDP ? UDP_CHECKSUM_OFFSET : TCP_CHECKSUM_OFFSET);
	if ((void *)(field + 1) > cursor.end)
		return false;
	if (*field == 0 && p->protocol == IPPROTO_UDP)
		return p->is_ipv6; /* IPv4 may leave it out */
	pseudo = pseudo_header_sum(p);
	if (*field == folded(pseudo))
		return false;
	sum = pseudo + chunks_sum(&cursor, &left);
	cursor_forget_path(&cursor);
	return rest_sum(&cursor, left, &sum) && folded(sum) != 0xffff;
}

#endif
