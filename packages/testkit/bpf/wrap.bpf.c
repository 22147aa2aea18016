// SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0)
/*
 * BPF_PROG_TEST_RUN repeats one packet. These programs change it each time (an IPv4 TCP frame without options or
 * VLAN tags): `wrap` then calls the measured program, `forward` sends the frame out of an interface.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define FRAME 54
#define SOURCE_AT 26
#define SOURCE_PORT_AT 34
#define DESTINATION_PORT_AT 36
#define SEQUENCE_AT 38
#define CHECKSUM_AT 50
#define HOST_BITS 28
#define FLOOD_HOST_BITS 31

/*
 * What changes. CHANGE_SOURCE takes all of `sources` distinct addresses of a /4 in an order that looks random.
 * CHANGE_FLOOD draws one of `sources` distinct addresses of a /1, and a port: an address comes again as chance has it.
 */
enum change { CHANGE_NOTHING = 0, CHANGE_PORT = 1, CHANGE_SOURCE = 2, CHANGE_FLOOD = 3 };
const volatile __u32 change = CHANGE_NOTHING;
const volatile __u32 sources = 1;
const volatile __u32 network = 0x20000000;
const volatile __u32 out_ifindex = 0;

__u32 turn = 0;

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} measured SEC(".maps");

char _license[] SEC("license") = "GPL";

/* A bijection that looks random, so that no prefetcher can guess which source is next. */
static __always_inline __u32 mix(__u32 value)
{
	value *= 0x9e3779b1;
	value ^= value >> 15;
	value *= 0x85ebca77;
	return value ^ value >> 13;
}

/* The outcome number `turn` of SplitMix64 (Steele, Lea and Flood, 2014): a draw that is the same in every run. */
static __always_inline __u64 draw(__u32 turn)
{
	__u64 value = (turn + 1ULL) * 0x9e3779b97f4a7c15ULL;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
	value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
	return value ^ value >> 31;
}

/* One's complement sum, not folded, of all that is changed below. */
static __always_inline __u32 changed_sum(const __u8 *frame)
{
	const __be16 *source = (const void *)(frame + SOURCE_AT);
	const __be16 *ports = (const void *)(frame + SOURCE_PORT_AT);

	return source[0] + source[1] + ports[0] + ports[1] + ports[2] + ports[3];
}

/* The checksum after a change, or the program would take the packet for a broken one (RFC 1624: ~(~C + ~m + m')). */
static __always_inline void mend_checksum(__u8 *frame, __u32 old_sum)
{
	__be16 *checksum = (void *)(frame + CHECKSUM_AT);
	__u32 sum = (__u16)~*checksum + changed_sum(frame) + 6 * 0xffff - old_sum;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	*checksum = ~sum;
}

static __always_inline void change_packet(struct xdp_md *ctx)
{
	__u8 *frame = (void *)(long)ctx->data;
	__u32 now = turn++;
	__u32 old_sum;

	if (frame + FRAME > (__u8 *)(long)ctx->data_end)
		return;
	old_sum = changed_sum(frame);
	if (change == CHANGE_PORT) {
		*(__be16 *)(frame + SOURCE_PORT_AT) = bpf_htons(now >> 16);
		*(__be16 *)(frame + DESTINATION_PORT_AT) = bpf_htons(now);
	} else if (change == CHANGE_SOURCE) {
		__u32 host = (mix(now) % sources * 0x9e3779b1) & ((1u << HOST_BITS) - 1);

		*(__be32 *)(frame + SOURCE_AT) = bpf_htonl(network | host);
		*(__be16 *)(frame + DESTINATION_PORT_AT) = bpf_htons(now / sources & 1); /* never a scanner */
	} else if (change == CHANGE_FLOOD) {
		__u64 drawn = draw(now);
		__u32 index = (drawn >> 32) * sources >> 32;
		__u32 host = (index * 0x9e3779b1) & ((1u << FLOOD_HOST_BITS) - 1);

		*(__be32 *)(frame + SOURCE_AT) = bpf_htonl(network | host);
		*(__be16 *)(frame + DESTINATION_PORT_AT) = bpf_htons((__u16)drawn);
	}
	*(__be32 *)(frame + SEQUENCE_AT) = bpf_htonl(now);
	mend_checksum(frame, old_sum);
}

SEC("xdp.frags")
int wrap(struct xdp_md *ctx)
{
	change_packet(ctx);
	bpf_tail_call(ctx, &measured, 0);
	return XDP_ABORTED;
}

SEC("xdp")
int forward(struct xdp_md *ctx)
{
	change_packet(ctx);
	return bpf_redirect(out_ifindex, 0);
}
