// SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0)
/*
 * The XDP program: parse, blocklist, retransmission, touch, decide. And the command program, which user
 * space runs by BPF_PROG_TEST_RUN and never attaches, so that `sources` has one kind of writer.
 */
#include "maps.bpf.h"
#include "parse.bpf.h"
#include "singles.bpf.h"
#include "sources.bpf.h"
#include "syns.bpf.h"

#define EEXIST 17

/* Of the two licences the kernel knows this one; bpf_ktime_get_ns is for GPL programs only. */
char _license[] SEC("license") = "GPL";

static __always_inline __u32 frame_length(struct xdp_md *ctx)
{
	if (has_frags)
		return bpf_xdp_get_buff_len(ctx);
	return ctx->data_end - ctx->data;
}

static __always_inline bool is_allowed(const struct addr *address)
{
	struct allow_key key = { .prefix_bits = 128 };

	__builtin_memcpy(key.address, address, sizeof(key.address));
	return bpf_map_lookup_elem(&allow, &key) != NULL;
}

static __always_inline bool is_in_force(const struct block *block, __u64 now_ns)
{
	return block->expiry_ns == 0 || now_ns < block->expiry_ns;
}

/* Honest traffic pays for one lookup: neither the clock nor the allowlist is asked without a block. */
static __always_inline bool is_blocked(const struct addr *source, const struct addr *address, __u32 frame_bytes)
{
	struct block *block = bpf_map_lookup_elem(&blocked, source);

	if (!block || !is_in_force(block, clock_now_ns()) || is_allowed(address))
		return false;
	__sync_fetch_and_add(&block->packets, 1);
	__sync_fetch_and_add(&block->bytes, frame_bytes);
	return true;
}

enum block_outcome { BLOCK_MADE, BLOCK_HELD, BLOCK_REFUSED };

/* Blocks the source, unless a packet on another CPU just did. */
static __always_inline enum block_outcome block_source(const struct addr *source, __u64 now_ns, __u64 expiry_ns)
{
	struct block block = { .start_ns = now_ns, .expiry_ns = expiry_ns, .reason = BLOCK_SCAN };
	long error = bpf_map_update_elem(&blocked, source, &block, BPF_NOEXIST);

	if (error == -EEXIST) {
		struct block *old = bpf_map_lookup_elem(&blocked, source);

		if (old && is_in_force(old, now_ns))
			return BLOCK_HELD;
		error = bpf_map_update_elem(&blocked, source, &block, BPF_ANY);
	}
	return error ? BLOCK_REFUSED : BLOCK_MADE;
}

static __always_inline void report_scan(const struct packet *p, __u8 source_bits, bool is_block, __u64 expiry_ns,
					const struct touched *t, __u64 now_ns, __u32 ifindex, struct counters *sums)
{
	struct scan *scan = bpf_ringbuf_reserve(&scans, sizeof(*scan), 0);

	if (!scan) {
		sums->scans_lost++;
		return;
	}
	scan->time_ns = now_ns;
	scan->source = p->source;
	scan->destination = p->destination;
	scan->expiry_ns = expiry_ns;
	scan->ifindex = ifindex;
	scan->ports_count = t->ports_count;
	scan->source_bits = source_bits;
	scan->blocked = is_block;
	__builtin_memcpy(scan->ports, t->ports, sizeof(scan->ports));
	bpf_ringbuf_submit(scan, 0);
}

static __always_inline void report_connection(const struct packet *p, __u64 now_ns, __u32 ifindex, struct counters *sums)
{
	struct connection *connection = bpf_ringbuf_reserve(&connections, sizeof(*connection), 0);

	if (!connection) {
		sums->connections_lost++;
		return;
	}
	connection->time_ns = now_ns;
	connection->source = p->source;
	connection->destination = p->destination;
	connection->source_port = bpf_htons(p->source_port);
	connection->destination_port = bpf_htons(p->destination_port);
	connection->ifindex = ifindex;
	bpf_ringbuf_submit(connection, BPF_RB_NO_WAKEUP);
}

/* A source over the threshold; true when the packet is to be dropped. */
static __always_inline bool handle_scan(const struct packet *p, const struct addr *source, __u8 source_bits,
					const struct touched *t, const struct policy *rules, __u64 now_ns, __u32 ifindex,
					struct counters *sums)
{
	bool blocks = rules->response == RESPONSE_BLOCK;
	__u64 expiry_ns = blocks && rules->block_ttl_ns ? now_ns + rules->block_ttl_ns : 0;
	enum block_outcome outcome = BLOCK_REFUSED;
	bool is_blocked_now;

	if (rules->mode != MODE_KERNEL || is_allowed(&p->source))
		return false;
	if (blocks)
		outcome = block_source(source, now_ns, expiry_ns);
	is_blocked_now = outcome != BLOCK_REFUSED;
	sums->blocks_made += outcome == BLOCK_MADE;
	/* One for each crossing: a scanner without a block comes here with every packet. */
	sums->blocks_refused += blocks && !is_blocked_now && t->report;
	/* A block that was refused at first is told when it is made. */
	if (t->report || outcome == BLOCK_MADE)
		report_scan(p, source_bits, is_blocked_now, is_blocked_now ? expiry_ns : 0, t, now_ns, ifindex, sums);
	return blocks;
}

/* One probe of a port: in `singles` while it is the source's only one, then in `sources`. */
static __always_inline void touch(const struct source_id *id, const struct packet *p, __u64 now_ns,
				  const struct policy *rules, struct counters *sums, struct touched *t)
{
	struct horizon h = horizon_at(now_ns >> TICK_SHIFT, rules->window_ns, 0);
	struct line *line = single_line_of(id);
	struct source_set *set;
	__u64 carried = 0;
	bool goes;

	if (!line)
		return;
	/* With threshold 0 the first port is one too many. The look without the lock is a hint: see singles.bpf.h. */
	goes = rules->threshold == 0 || (mark_is_fresh(line, now_ns, rules->window_ns) && source_is_in(id));
	if (single_note(line, id, p->destination_port, goes, now_ns, &h, &carried, sums) == SINGLE_STAYS)
		return;
	set = source_set_of(id);
	if (!set)
		return;
	source_touch(set, id, &p->destination, carried, p->destination_port, now_ns, rules, t);
	sums->sources_evicted += t->evicted;
}

static __always_inline enum verdict decide(struct xdp_md *ctx, __u32 frame_bytes, const struct policy *rules,
					   struct counters *sums)
{
	void *start = (void *)(long)ctx->data;
	struct cursor cursor = { .start = start, .pos = start, .end = (void *)(long)ctx->data_end };
	struct touched touched = {};
	struct packet packet = {};
	struct source_id id;
	struct syn_id syn;
	__u8 source_bits;
	__u64 now_ns;
	int result;

	result = parse_network(&cursor, &packet, frame_bytes);
	if (result < 0)
		return ~result;

	source_bits = source_of(&id.source, &packet.source, rules);
	if (is_blocked(&id.source, &packet.source, frame_bytes))
		return DROP_BLOCKED;

	result = parse_transport(&cursor, &packet);
	if (result < 0)
		return ~result;

	now_ns = clock_now_ns();
	syn = syn_identify(&packet);
	if (syn_seen(&syn, now_ns, sums))
		return PASS_RETRANSMISSION;

	/* A block of nobody would shut out all who have no address yet; and all zero is an empty slot. */
	if (!addr_is_unspecified(&id.source)) {
		id.hash = source_hash(&id.source);
		touch(&id, &packet, now_ns, rules, sums, &touched);
	}
	if (touched.over && handle_scan(&packet, &id.source, source_bits, &touched, rules, now_ns, ctx->ingress_ifindex, sums)) {
		syn_forget(&syn);
		return DROP_THRESHOLD;
	}
	report_connection(&packet, now_ns, ctx->ingress_ifindex, sums);
	return PASS_CONNECTION;
}

SEC("xdp.frags")
int scanward(struct xdp_md *ctx)
{
	struct policy *rules = only_element(&policy);
	struct counters *sums = only_element(&counters);
	__u32 frame_bytes = frame_length(ctx);
	enum verdict verdict;

	if (!rules || !sums)
		return XDP_PASS;
	verdict = decide(ctx, frame_bytes, rules, sums);
	if (verdict >= VERDICTS)
		return XDP_PASS;
	sums->verdicts[verdict].packets++;
	sums->verdicts[verdict].bytes += frame_bytes;
	return verdict == DROP_BLOCKED || verdict == DROP_THRESHOLD ? XDP_DROP : XDP_PASS;
}

static __always_inline void sweep_set(struct source_set *set, const struct horizon *h, struct command *answer)
{
	bpf_spin_lock(&set->lock);
	for (int i = 0; i < SOURCES_PER_SET; i++) {
		struct source *slot = &set->slots[i];

		if (addr_is_zero(&slot->source))
			continue;
		if (is_fresh(slot->touches[0], h)) {
			answer->live++;
			continue;
		}
		answer->emptied++;
		slot_empty(slot);
	}
	bpf_spin_unlock(&set->lock);
}

static __always_inline void forget(const struct addr *source)
{
	struct source_id id = { .source = *source, .hash = source_hash(source) };
	struct source_set *set = source_set_of(&id);
	struct line *line = single_line_of(&id);

	if (line)
		single_forget(line, &id);
	if (set)
		source_forget(set, &id);
}

SEC("xdp")
int scanward_command(struct xdp_md *ctx)
{
	struct command *command = (void *)(long)ctx->data;
	struct policy *rules = only_element(&policy);
	struct source_set *set;
	struct command answer;
	struct horizon h;

	if (!rules || (void *)(command + 1) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	answer = *command;
	if (answer.op == COMMAND_FORGET) {
		forget(&answer.source);
		return XDP_PASS;
	}
	if (answer.op != COMMAND_SWEEP)
		return XDP_ABORTED;

	h = horizon_at(clock_now_ns() >> TICK_SHIFT, rules->window_ns, 0);
	answer.live = 0;
	answer.emptied = 0;
	for (__u32 i = 0; i < COMMAND_SETS_MAX; i++) {
		__u32 index = answer.first + i;

		if (i >= answer.count)
			break;
		set = bpf_map_lookup_elem(&sources, &index);
		if (!set)
			break;
		sweep_set(set, &h, &answer);
	}
	command->live = answer.live;
	command->emptied = answer.emptied;
	return XDP_PASS;
}
