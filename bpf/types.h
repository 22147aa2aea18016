/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * Every layout that the XDP program and user space share. This file is the only truth: the codec's
 * offsets are generated from the BTF of the object that includes it, and its golden bytes by a C
 * program that includes it.
 *
 * Rules: fixed width, natural alignment, explicit padding that is always zero, a size assertion each.
 * Addresses and ports keep network order; IPv4 addresses are IPv4-mapped IPv6 (::ffff:a.b.c.d).
 * Counters and times have the host's order. Times are CLOCK_MONOTONIC nanoseconds unless they are ticks.
 */
#ifndef SCANWARD_TYPES_H
#define SCANWARD_TYPES_H

#include <linux/types.h>
#include <linux/bpf.h> /* struct bpf_spin_lock */

/* A tick is 1,024 ns: cheap to make, and 48 bits of them last nine years. */
#define TICK_SHIFT 10
/* Distinct ports remembered of one source; a threshold must be smaller in kernel mode. */
#define PORTS_MAX 32
/* Sources in one set, and cells in one line. */
#define SOURCES_PER_SET 4
#define CELLS_PER_LINE 7
/* On-link IPv6 prefixes in the policy. */
#define ONLINK_MAX 16
/* A longer segment or datagram is taken for whole: nobody adds it up. */
#define CHECKSUM_BYTES_MAX 512
/* The span in which new blocks are counted against `blocks_per_minute`, in the units of blocks: a minute. */
#define BLOCKS_SPAN_UNITS 895
/* A SYN seen again within this time is a retransmission. */
#define RETRANSMISSION_NS 64000000000ULL
/* Blocks in one line. */
#define BLOCKS_PER_LINE 5
/* Blocks begin and end at whole units of 2^26 ns (67 ms): in 32 bits they last nine years. */
#define BLOCK_UNIT_SHIFT 26
/* In units: no end. A block whose end would be later than this has none. */
#define BLOCK_FOR_EVER 0xffffffffU
/* Bytes of UTF-8 that say why a block was made. */
#define NOTE_TEXT_BYTES 64
/* Random 64-bit keys of the hashes: 5 for a source, 11 + 11 for a SYN, 2 for the line of a block. */
#define SOURCE_KEYS 5
#define SYN_KEYS 11
#define BLOCK_KEYS 2
#define SECRET_WORDS (SOURCE_KEYS + 2 * SYN_KEYS + BLOCK_KEYS)

struct addr {
	__u8 octets[16];
} __attribute__((aligned(8)));

struct prefix {
	struct addr address; /* already masked */
	struct addr mask;
};

enum mode {
	MODE_KERNEL = 0, /* the program decides at the packet that crosses the threshold */
	MODE_USER = 1, /* the program records, the blocking watcher decides */
};

enum response {
	RESPONSE_BLOCK = 0,
	RESPONSE_LOG = 1, /* nobody is blocked */
};

/* What a packet asks about a port with; TCP flags without the bits of ECN. */
enum probe_kind {
	KIND_NONE = 0, /* it asks nothing */
	KIND_SYN = 1,
	KIND_FIN = 2,
	KIND_NULL = 3, /* no flag */
	KIND_XMAS = 4, /* FIN, PSH and URG */
	KIND_MAIMON = 5, /* FIN and ACK, without payload */
	KIND_ACK = 6, /* without payload */
	KIND_ODD = 7, /* flags that no host sends */
	KIND_UDP = 8,
	KIND_FRAGMENT = 9, /* a first fragment that ends before the flags */
	KIND_HANDSHAKE = 10, /* no probe: a source completed a handshake, so it really is who it says */
};

/* What answers on a port. */
enum port_state {
	PORT_UNKNOWN = 0, /* of a SYN: with EVIDENCE_ANY nobody asks */
	PORT_OPEN = 1, /* a socket of this host, or somebody behind it */
	PORT_CLOSED = 2,
};

/* Which ports count. */
enum evidence {
	EVIDENCE_ANY = 0, /* all */
	EVIDENCE_CLOSED = 1, /* those of this host that nobody listens on; of other hosts all, for nothing is known of them */
};

/* policy: array of 1. Written by user space, read per packet. */
struct policy {
	__u64 window_ns;
	__u64 block_ttl_ns; /* 0: for ever */
	__u32 threshold; /* a source is a scanner when it touched more than this many distinct ports */
	__u8 mode; /* enum mode */
	__u8 response; /* enum response */
	__u8 ipv6_prefix; /* bits of an IPv6 source that is not on-link */
	__u8 onlink_count;
	__u32 blocks_per_minute; /* new blocks of scans, at most; 0: no cap */
	__u16 ephemeral_first; /* host order: FIN, ACK, Maimon and UDP to these ports may be late answers, and never count */
	__u16 ephemeral_last;
	__u8 evidence; /* enum evidence */
	__u8 keep_established; /* 1: what a blocked source sends to an established TCP socket passes */
	__u8 pad[6];
	struct addr ipv6_mask; /* ipv6_prefix as a mask */
	struct prefix onlink[ONLINK_MAX]; /* IPv6 sources in these are taken whole */
};

enum allow_reason {
	ALLOW_OWN = 1,
	ALLOW_GATEWAY = 2,
	ALLOW_RESOLVER = 3,
	ALLOW_SSH_PEER = 4,
	ALLOW_OPERATOR = 5, /* by a flag, for as long as it is given */
	ALLOW_COMMAND = 6, /* by a command, until another one takes it back */
	ALLOW_LIST = 7, /* by a list, for as long as it stands there */
};

/* local: hash of struct addr (an own unicast address) -> this. Only what is sent to these can be a probe other than a SYN. */
struct local {
	__u32 kind; /* why it is there; no program asks */
};

/* The key of `allow`, `blocked_nets`, `graces` and `block_notes`. */
struct prefix_key {
	__u32 prefix_bits; /* of the 128: an IPv4 /24 is 120 */
	__u8 address[16];
};

/* allow: LPM trie. Asked only before a drop. */
struct allow {
	__u32 reason; /* enum allow_reason */
};

enum block_reason {
	BLOCK_SCAN = 1,
	BLOCK_OPERATOR = 2,
	BLOCK_LIST = 3, /* by a list, for as long as it stands there */
};

/*
 * blocked_lines: array of lines; all that is to be said of a block of an IPv4 source stands in its cell (number i of
 * each array). What every packet asks, the first three fields, is one cache line. A cell is never of an allowed address.
 */
struct block_line {
	__u16 in_hash; /* blocks of sources that belong here stand in `blocked`: so many; once 65,535, for good */
	__u8 reasons[BLOCKS_PER_LINE]; /* enum block_reason */
	__u8 pad;
	__be32 addresses[BLOCKS_PER_LINE]; /* 0: empty */
	__u32 expiries[BLOCKS_PER_LINE]; /* units; 0: not in force */
	__u32 starts[BLOCKS_PER_LINE]; /* units */
	__u32 packets[BLOCKS_PER_LINE]; /* dropped because of this block, saturating */
	__u64 bytes[BLOCKS_PER_LINE];
};

/*
 * blocked: hash of struct addr (the source: an IPv6 source is its prefix), for IPv6 sources, for those that found no
 * cell, and for allowed addresses.
 *
 * blocked_nets: LPM trie, for nets of the operator and of lists. Asked with a packet's whole source address, which must have no block of
 * its own, and not at all while `nets` of the blocklist is 0. A net of less than 96 bits holds no IPv4 address.
 *
 * Both times are whole units.
 */
struct block {
	__u64 start_ns;
	__u64 expiry_ns; /* 0: for ever */
	__u64 packets; /* dropped because of this block */
	__u64 bytes;
	__u32 reason; /* enum block_reason */
	__u32 bits; /* how much of the 128 is blocked: 128, ipv6_prefix, or the length of the net */
};

/*
 * blocklist: array of 1. Lines, hash and nets have one writer at a time. A new block writes the first cache line, every
 * packet reads the second.
 */
struct blocklist {
	struct bpf_spin_lock lock;
	__u32 is_taken; /* by a writer; under the lock */
	__u32 count; /* blocks in lines and hash, those that have expired too */
	__u32 span_blocks; /* new blocks of scans since: */
	__u32 span_start; /* units */
	__u8 pad[44];
	__u32 nets; /* blocks in blocked_nets, those that have expired too */
};

/*
 * graces: LPM trie, written by user space. Who was unblocked by command is not blocked again for a while, whatever he
 * does: asked, with the packet's whole source address, only when a source is over the threshold.
 */
struct grace {
	__u64 until_ns;
};

/* block_notes: hash of struct prefix_key (what is blocked), written and read by user space only: why. */
struct block_note {
	__u16 ports_count; /* of the scan */
	__u16 text_length;
	__be16 ports[PORTS_MAX]; /* the last one first */
	__u8 text[NOTE_TEXT_BYTES]; /* the operator's, UTF-8 */
};

/*
 * One source. A touch is (tick of the last probe << 16) | port in host order; 0 is empty. Touches
 * stand in order of use, the last first, so "touches[threshold] is fresh" is the whole test.
 */
struct source {
	struct addr source; /* all zero: empty slot */
	struct addr destination; /* of the last probe */
	__u64 over_ns; /* when it was last over the threshold; 0: never */
	__u64 until_ns; /* until when that is dealt with (block's end, or no second report); touches before it are void once it has passed; 0: never; all ones: for ever */
	__u32 connections; /* distinct SYNs, saturating */
	__u32 ports; /* touches that were not among the remembered ones, saturating */
	__u64 touches[PORTS_MAX];
};

/* sources: array of sets. The program is the only writer; the slot quiet longest is evicted. */
struct source_set {
	struct bpf_spin_lock lock;
	__u32 pad;
	struct source slots[SOURCES_PER_SET];
};

/*
 * One cache line. A cell is (40 bits << 24) | time in units of 2^24 ns; 0 is empty. Cells stand in order of use,
 * the last first; the last one falls out.
 *
 * syns: array of lines, chosen by the SYN's hash; a cell holds 40 bits of that.
 *
 * singles: array of lines, chosen by the source's hash: sources with one port so far. A cell holds 24 bits of the
 * hash << 16 | port in host order: a touch at the start of its unit of time. `mark` is the time (in those units, the
 * lower 32 bits) when a source of this line was last in `sources`. After 78 hours unused a cell counts as new again.
 */
struct line {
	struct bpf_spin_lock lock;
	__u32 mark;
	__u64 cells[CELLS_PER_LINE];
};

/*
 * connections: ring buffer that wakes nobody: each SYN that is no retransmission, each other probe that counts, and each
 * handshake; none of those that were dropped.
 */
struct connection {
	__u64 time_ns;
	struct addr source;
	struct addr destination;
	__be16 source_port;
	__be16 destination_port;
	__u32 ifindex;
	__u8 kind; /* enum probe_kind */
	__u8 port_state; /* enum port_state */
	__u8 pad[6];
};

/* scans: ring buffer that wakes its reader. */
struct scan {
	__u64 time_ns;
	struct addr source; /* of the packet that crossed the threshold */
	struct addr destination;
	__u64 expiry_ns; /* of the block; 0: for ever; only if blocked */
	__u32 ifindex;
	__u16 ports_count;
	__u8 source_bits; /* how much of `source` is the source: 128, or ipv6_prefix */
	__u8 blocked; /* 1: a block was written; 0: it was not (`outcome` says why) */
	__u8 kind; /* enum probe_kind, of that packet */
	__u8 outcome; /* enum block_outcome; BLOCK_UNDECIDED too: response log */
	__u8 pad[6];
	__be16 ports[PORTS_MAX]; /* the last one first; those within the window */
};

/* What became of a packet; each packet has exactly one. */
enum verdict {
	PASS_NOT_IP = 0,
	PASS_MALFORMED = 1, /* cannot be parsed, or is longer than the parser looks */
	PASS_NOT_TCP = 2, /* also UDP that does not count */
	PASS_FRAGMENT = 3, /* not the first: it has no ports */
	PASS_NOT_SYN = 4, /* TCP that is no SYN, or has a wrong checksum, and does not count */
	PASS_RETRANSMISSION = 5,
	PASS_CONNECTION = 6,
	PASS_PROBE = 7, /* another probe than a SYN; it counts */
	PASS_ESTABLISHED = 8, /* of a blocked source, to a socket that it is connected with */
	DROP_BLOCKED = 9,
	DROP_THRESHOLD = 10,
	VERDICTS = 11,
};

struct tally {
	__u64 packets;
	__u64 bytes;
};

/* counters: per-CPU array of 1. */
struct counters {
	struct tally verdicts[VERDICTS];
	__u64 connections_lost; /* ring full */
	__u64 scans_lost; /* ring full */
	__u64 blocks_made;
	__u64 blocks_refused; /* scans without a block, for the blocklist was full: dropped all the same */
	__u64 blocks_capped; /* the same, for there were too many new blocks within a minute */
	__u64 sources_evicted; /* while still fresh; and the same in `singles`, and in `syns`: */
	__u64 singles_evicted;
	__u64 syns_evicted;
};

/*
 * What user space asks of the tables by test runs of the command program; the answer is written back. A frame holds up
 * to COMMANDS_MAX commands, which are done one after the other: `next` of the first one says which is next. A run does up
 * to COMMAND_STEPS_MAX steps; a frame is run again until all of its commands are done.
 */
enum command_op {
	COMMAND_SWEEP = 1, /* empties the slots that were quiet for a window, in the sets [first, first + count) */
	COMMAND_FORGET = 2, /* empties the slot of `source` */
	COMMAND_BLOCK = 3, /* writes `block` for `source`, in place of one that it has */
	COMMAND_UNBLOCK = 4, /* removes the block of `source` */
	COMMAND_FIND = 5, /* reads the block of `source` */
	COMMAND_RECHECK = 6, /* a line a step, from `first`, `count` of them (all at once while nobody is blocked): out of cells whose address is allowed by now */
};

enum block_outcome {
	BLOCK_UNDECIDED = 0, /* another writer was at it */
	BLOCK_MADE = 1,
	BLOCK_HELD = 2, /* a block is there */
	BLOCK_REFUSED = 3, /* no room */
	BLOCK_REMOVED = 4,
	BLOCK_ABSENT = 5, /* there is no block */
	BLOCK_CAPPED = 6, /* too many new blocks within a minute */
};

struct command {
	__u32 op; /* enum command_op */
	__u32 first;
	__u32 count; /* of sets: at most COMMAND_SETS_MAX */
	__u32 live; /* answer: slots of these sets that hold a source */
	__u32 emptied; /* answer */
	__u32 outcome; /* answer: enum block_outcome */
	__u32 next; /* of the first command of a frame: so many are done */
	__u32 is_net; /* in COMMAND_BLOCK, _UNBLOCK, _FIND: 1: not `source`, but the net of its first `block.bits` bits */
	struct addr source;
	struct block block;
};

#define COMMAND_SETS_MAX 64
#define COMMANDS_MAX 32
#define COMMAND_STEPS_MAX 256

/* The constant `clock_kind`: where the time comes from. */
enum clock_kind {
	CLOCK_KTIME = 0,
	CLOCK_TEST = 1, /* the variable test_now_ns */
	CLOCK_COARSE = 2, /* in steps of a jiffy, and for a tenth of the cost; Linux 5.11 */
};

/* The constant `sockets_kind`: who is asked for sockets. */
enum sockets_kind {
	SOCKETS_KERNEL = 0,
	SOCKETS_TEST = 1, /* the map test_sockets */
};

/*
 * test_sockets: hash of this -> the socket's state, as the kernel numbers them (TCP_ESTABLISHED 1 ... TCP_LISTEN 10). A
 * socket that takes packets from anybody has source and source port 0.
 */
struct test_socket {
	struct addr source; /* of the packets that it gets */
	struct addr destination;
	__be16 source_port;
	__be16 destination_port;
	__u32 protocol;
};

#define SCANWARD_SIZE(type, bytes) _Static_assert(sizeof(struct type) == (bytes), "struct " #type)
SCANWARD_SIZE(addr, 16);
SCANWARD_SIZE(prefix, 32);
SCANWARD_SIZE(policy, 56 + 32 * ONLINK_MAX);
SCANWARD_SIZE(prefix_key, 20);
SCANWARD_SIZE(allow, 4);
SCANWARD_SIZE(local, 4);
SCANWARD_SIZE(block_line, 8 + 24 * BLOCKS_PER_LINE);
SCANWARD_SIZE(block, 40);
SCANWARD_SIZE(blocklist, 68);
SCANWARD_SIZE(grace, 8);
SCANWARD_SIZE(block_note, 4 + 2 * PORTS_MAX + NOTE_TEXT_BYTES);
SCANWARD_SIZE(source, 56 + 8 * PORTS_MAX);
SCANWARD_SIZE(source_set, 8 + SOURCES_PER_SET * 312);
SCANWARD_SIZE(line, 64);
SCANWARD_SIZE(connection, 56);
SCANWARD_SIZE(scan, 64 + 2 * PORTS_MAX);
SCANWARD_SIZE(tally, 16);
SCANWARD_SIZE(counters, 16 * VERDICTS + 64);
SCANWARD_SIZE(command, 88);
SCANWARD_SIZE(test_socket, 40);

#endif
