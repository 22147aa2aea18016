// SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0)
/*
 * The XDP program: parse, blocklist, retransmission, touch, decide. And the command program, which user
 * space runs by BPF_PROG_TEST_RUN and never attaches, so that `sources` and the blocklist have one kind of writer.
 */
#include "blocks.bpf.h"
#include "maps.bpf.h"
#include "parse.bpf.h"
#include "sources.bpf.h"
#include "syns.bpf.h"

/* Of the two licences the kernel knows this one; bpf_ktime_get_ns is for GPL programs only. */
char _license[] SEC("license") = "GPL";

static __always_inline __u32 frame_length(struct xdp_md *ctx)
{
	if (has_frags)
		return bpf_xdp_get_buff_len(ctx);
	return ctx->data_end - ctx->data;
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
	__u64 expiry_ns = blocks && rules->block_ttl_ns ? expiry_of(now_ns + rules->block_ttl_ns) : 0;
	enum block_outcome outcome = BLOCK_REFUSED;
	bool is_blocked_now;

	if (rules->mode != MODE_KERNEL || is_allowed(&p->source))
		return false;
	if (blocks)
		outcome = block_source(addr_high(source), addr_low(source), now_ns, expiry_ns);
	is_blocked_now = outcome == BLOCK_MADE || outcome == BLOCK_HELD;
	sums->blocks_made += outcome == BLOCK_MADE;
	/* One for each crossing: a scanner without a block comes here with every packet. */
	sums->blocks_refused += blocks && outcome == BLOCK_REFUSED && t->report;
	/* A block that was refused at first is told when it is made. */
	if (t->report || outcome == BLOCK_MADE)
		report_scan(p, source_bits, is_blocked_now, is_blocked_now ? expiry_ns : 0, t, now_ns, ifindex, sums);
	return blocks;
}

static __always_inline enum verdict decide(struct xdp_md *ctx, __u32 frame_bytes, const struct policy *rules,
					   struct counters *sums)
{
	void *start = (void *)(long)ctx->data;
	struct cursor cursor = { .start = start, .pos = start, .end = (void *)(long)ctx->data_end };
	struct touched touched = {};
	struct packet packet = {};
	struct source_set *set;
	struct addr source;
	struct syn_id syn;
	__u8 source_bits;
	__u64 now_ns;
	int result;

	result = parse_network(&cursor, &packet, frame_bytes);
	if (result < 0)
		return ~result;

	source_bits = source_of(&source, &packet.source, rules);
	if (is_blocked(&source, &packet.source, frame_bytes))
		return DROP_BLOCKED;

	result = parse_transport(&cursor, &packet);
	if (result < 0)
		return ~result;

	now_ns = clock_now_ns();
	syn = syn_identify(&packet);
	if (syn_seen(&syn, now_ns))
		return PASS_RETRANSMISSION;

	/* A block of nobody would shut out all who have no address yet; and all zero is an empty slot. */
	set = addr_is_unspecified(&source) ? NULL : source_set_of(&source);
	if (set) {
		source_touch(set, &source, &packet.destination, packet.destination_port, now_ns, rules, &touched);
		sums->sources_evicted += touched.evicted;
	}
	if (touched.over && handle_scan(&packet, &source, source_bits, &touched, rules, now_ns, ctx->ingress_ifindex, sums)) {
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

static __always_inline void command_sweep(struct command *command, const struct policy *rules, __u64 now_ns)
{
	struct horizon h = horizon_at(now_ns >> TICK_SHIFT, rules->window_ns, 0);
	struct command answer = { .first = command->first, .count = command->count };

	for (__u32 i = 0; i < COMMAND_SETS_MAX; i++) {
		__u32 index = answer.first + i;
		struct source_set *set;

		if (i >= answer.count)
			break;
		set = bpf_map_lookup_elem(&sources, &index);
		if (!set)
			break;
		sweep_set(set, &h, &answer);
	}
	command->live = answer.live;
	command->emptied = answer.emptied;
}

/* Whether it is done; else the next run goes on with it. */
static __always_inline bool command_recheck(struct command *command)
{
	if (command->count && block_recheck(command->first)) {
		command->first++;
		command->count--;
	}
	return command->count == 0;
}

/* One step of a command; whether it is done. */
static __always_inline bool command_do(struct command *command, const struct policy *rules)
{
	struct addr source = command->source;
	struct block block = command->block;
	__u64 now_ns = clock_now_ns();
	enum block_outcome outcome;
	struct source_set *set;

	switch (command->op) {
	case COMMAND_SWEEP:
		command_sweep(command, rules, now_ns);
		return true;
	case COMMAND_FORGET:
		set = source_set_of(&source);
		if (set)
			source_forget(set, &source);
		return true;
	case COMMAND_RECHECK:
		return command_recheck(command);
	case COMMAND_BLOCK:
		outcome = block_put(&source, &block, now_ns, true);
		break;
	case COMMAND_UNBLOCK:
		outcome = block_remove(&source);
		break;
	default:
		outcome = block_find(&source, &block);
		command->block = block;
		break;
	}
	command->outcome = outcome;
	return outcome != BLOCK_UNDECIDED;
}

/* One step of the frame; 0: there is nothing more to do. Global, so that the verifier looks at it once, not at each step. */
__attribute__((noinline)) int command_step(struct xdp_md *ctx)
{
	struct command *first = (void *)(long)ctx->data;
	struct policy *rules = only_element(&policy);
	struct command *command;
	__u32 next;

	if (!rules || (void *)(first + 1) > (void *)(long)ctx->data_end)
		return 0;
	next = first->next;
	asm volatile("" : "+r"(next)); /* or clang drops the mask, without which 5.10 knows no bound */
	command = first + (next & (COMMANDS_MAX - 1));
	asm volatile("" : "+r"(command)); /* or clang adds it up once more, and what is checked is another pointer */
	if (next >= COMMANDS_MAX || (void *)(command + 1) > (void *)(long)ctx->data_end)
		return 0;
	if (command->op < COMMAND_SWEEP || command->op > COMMAND_RECHECK)
		return 0;
	if (command_do(command, rules))
		first->next = next + 1;
	return 1;
}

SEC("xdp")
int scanward_command(struct xdp_md *ctx)
{
	if (!command_step(ctx))
		return XDP_ABORTED;
	for (int i = 1; i < COMMAND_STEPS_MAX; i++)
		if (!command_step(ctx))
			break;
	return XDP_PASS;
}
