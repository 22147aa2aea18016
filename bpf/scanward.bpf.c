// SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0)
/*
 * The XDP program: parse, blocklist, retransmission, touch, decide. And the command program, which user
 * space runs by BPF_PROG_TEST_RUN and never attaches, so that `sources` and the blocklist have one kind of writer.
 */
#include "blocks.bpf.h"
#include "maps.bpf.h"
#include "parse.bpf.h"
#include "probe.bpf.h"
#include "shortcut.bpf.h"
#include "singles.bpf.h"
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

static __always_inline void report_scan(const struct probe *p, bool is_block, __u64 expiry_ns, const struct touched *t,
					__u64 now_ns, __u32 ifindex, struct counters *sums)
{
	struct scan *scan = bpf_ringbuf_reserve(&scans, sizeof(*scan), 0);

	if (!scan) {
		sums->scans_lost++;
		return;
	}
	scan->time_ns = now_ns;
	scan->source = p->packet.source;
	scan->destination = p->packet.destination;
	scan->expiry_ns = expiry_ns;
	scan->ifindex = ifindex;
	scan->ports_count = t->ports_count;
	scan->source_bits = p->source_bits;
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
static __always_inline bool handle_scan(const struct probe *p, const struct touched *t, const struct policy *rules,
					__u64 now_ns, __u32 ifindex, struct counters *sums)
{
	const struct addr *source = &p->source.source;
	bool blocks = rules->response == RESPONSE_BLOCK;
	__u64 expiry_ns = blocks && rules->block_ttl_ns ? expiry_of(now_ns + rules->block_ttl_ns) : 0;
	enum block_outcome outcome = BLOCK_REFUSED;
	bool is_blocked_now;

	if (rules->mode != MODE_KERNEL || is_allowed(&p->packet.source) ||
	    has_grace(&p->packet.source, now_ns))
		return false;
	if (blocks)
		outcome = block_source(addr_high(source), addr_low(source), p->source_bits, now_ns, expiry_ns);
	is_blocked_now = outcome == BLOCK_MADE || outcome == BLOCK_HELD;
	sums->blocks_made += outcome == BLOCK_MADE;
	/* One for each crossing: a scanner without a block comes here with every packet. */
	sums->blocks_refused += blocks && outcome == BLOCK_REFUSED && t->report;
	/* A block that was refused at first is told when it is made. */
	if (t->report || outcome == BLOCK_MADE)
		report_scan(p, is_blocked_now, is_blocked_now ? expiry_ns : 0, t, now_ns, ifindex, sums);
	return blocks;
}

/* One probe of a port: in `singles` while it is the source's only one, then in `sources`. */
static __always_inline void touch(const struct source_id *id, struct line *line, const struct packet *p, __u64 now_ns,
				  const struct policy *rules, struct counters *sums, struct touched *t)
{
	struct horizon h = horizon_at(now_ns >> TICK_SHIFT, rules->window_ns, 0);
	struct source_set *set;
	__u64 carried = 0;
	bool goes;

	if (!line)
		return;
	/* The look without the lock is a hint: see singles.bpf.h. */
	goes = !singles_serve(rules) || (mark_is_fresh(line, now_ns, rules->window_ns) && source_is_in(id));
	if (single_note(line, id, p->destination_port, goes, now_ns, &h, &carried, sums) == SINGLE_STAYS)
		return;
	set = source_set_of(id);
	if (!set)
		return;
	source_touch(set, id, &p->destination, carried, p->destination_port, now_ns, rules, t);
	sums->sources_evicted += t->evicted;
}

/*
 * A SYN: its verdict. A global function, which the verifier walks through once, and not once for each way that a header
 * can take to it.
 */
__noinline int decide_syn(struct xdp_md *ctx)
{
	struct counters *sums = only_element(&counters);
	struct policy *rules = only_element(&policy);
	struct probe *syn = only_element(&probe);
	__u32 ifindex = ctx->ingress_ifindex;
	struct touched touched = {};
	struct line *single_line;
	struct syn_id id;
	__u64 now_ns;

	if (!sums || !rules || !syn)
		return PASS_CONNECTION;
	now_ns = clock_now_ns();
	id = syn_identify(&syn->packet);
	syn->source.hash = source_hash(&syn->source.source);
	single_line = single_line_of(&syn->source);
	/* Both are fetched at once: what is locked is waited for. */
	line_fetch(id.line);
	line_fetch(single_line);
	if (syn_seen(&id, now_ns, sums))
		return PASS_RETRANSMISSION;

	/* A block of nobody would shut out all who have no address yet; and all zero is an empty slot. */
	if (!addr_is_unspecified(&syn->source.source))
		touch(&syn->source, single_line, &syn->packet, now_ns, rules, sums, &touched);
	if (touched.over && handle_scan(syn, &touched, rules, now_ns, ifindex, sums)) {
		syn_forget(&id);
		return DROP_THRESHOLD;
	}
	report_connection(&syn->packet, now_ns, ifindex, sums);
	return PASS_CONNECTION;
}

/* The way of any frame, through all headers. */
static __always_inline enum verdict decide_long(struct xdp_md *ctx, __u32 frame_bytes, bool is_not_blocked)
{
	void *start = (void *)(long)ctx->data;
	struct cursor cursor = { .start = start, .pos = start, .end = (void *)(long)ctx->data_end };
	struct policy *rules = only_element(&policy);
	struct probe *p = only_element(&probe);
	int result;

	if (!rules || !p)
		return VERDICTS;
	result = parse_network(&cursor, &p->packet, frame_bytes);
	if (result < 0)
		return ~result;

	p->source_bits = source_of(&p->source.source, &p->packet.source, rules);
	if (!is_not_blocked && is_blocked(&p->source.source, &p->packet.source, frame_bytes))
		return DROP_BLOCKED;

	result = parse_transport(&cursor, &p->packet);
	if (result < 0)
		return ~result;
	return decide_syn(ctx);
}

static __always_inline enum verdict decide(struct xdp_md *ctx, __u32 frame_bytes)
{
	enum shortcut shortcut = take_shortcut(ctx, frame_bytes);

	switch (shortcut) {
	case SHORTCUT_NOT_IP:
		return PASS_NOT_IP;
	case SHORTCUT_BLOCKED:
		return DROP_BLOCKED;
	case SHORTCUT_NOT_SYN:
		return PASS_NOT_SYN;
	case SHORTCUT_SYN:
		return decide_syn(ctx);
	default:
		return decide_long(ctx, frame_bytes, shortcut == SHORTCUT_NOT_BLOCKED);
	}
}

SEC("xdp.frags")
int scanward(struct xdp_md *ctx)
{
	struct counters *sums = only_element(&counters);
	__u32 frame_bytes = frame_length(ctx);
	enum verdict verdict;

	if (!sums)
		return XDP_PASS;
	verdict = decide(ctx, frame_bytes);
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
	__u32 done = command->count ? block_recheck(command->first, command->count) : 0;

	command->first += done;
	command->count -= done;
	return command->count == 0;
}

/* One step of a command; whether it is done. */
static __always_inline bool command_do(struct command *command, const struct policy *rules)
{
	struct addr source = command->source;
	struct block block = command->block;
	__u64 now_ns = clock_now_ns();
	enum block_outcome outcome;

	switch (command->op) {
	case COMMAND_SWEEP:
		command_sweep(command, rules, now_ns);
		return true;
	case COMMAND_FORGET:
		forget(&source);
		return true;
	case COMMAND_RECHECK:
		return command_recheck(command);
	case COMMAND_BLOCK:
		outcome = command->is_net ? net_put(&source, &block) : block_put(&source, &block, now_ns, true);
		break;
	case COMMAND_UNBLOCK:
		outcome = command->is_net ? net_remove(&source, block.bits) : block_remove(&source);
		break;
	default:
		outcome = command->is_net ? net_find(&source, &block) : block_find(&source, &block);
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
