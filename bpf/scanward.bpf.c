// SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0)
/*
 * The XDP program: parse, blocklist, retransmission, touch, decide. And the command program, which user
 * space runs by BPF_PROG_TEST_RUN and never attaches, so that `sources` and the blocklist have one kind of writer.
 */
#include "blocks.bpf.h"
#include "checksum.bpf.h"
#include "maps.bpf.h"
#include "parse.bpf.h"
#include "probe.bpf.h"
#include "shortcut.bpf.h"
#include "singles.bpf.h"
#include "sockets.bpf.h"
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

static __always_inline void report_scan(const struct probe *p, enum block_outcome outcome, __u64 expiry_ns,
					__u64 now_ns, struct xdp_md *ctx, struct counters *sums)
{
	const struct touched *t = &p->touched;
	struct scan *scan = bpf_ringbuf_reserve(&scans, sizeof(*scan), 0);

	if (!scan) {
		sums->scans_lost++;
		return;
	}
	scan->time_ns = now_ns;
	scan->source = p->packet.source;
	scan->destination = p->packet.destination;
	scan->expiry_ns = outcome == BLOCK_MADE || outcome == BLOCK_HELD ? expiry_ns : 0;
	scan->ifindex = ctx->ingress_ifindex;
	scan->ports_count = t->ports_count;
	scan->source_bits = p->source_bits;
	scan->blocked = outcome == BLOCK_MADE || outcome == BLOCK_HELD;
	scan->kind = p->packet.kind;
	scan->outcome = outcome;
	__builtin_memset(scan->pad, 0, sizeof(scan->pad));
	__builtin_memcpy(scan->ports, t->ports, sizeof(scan->ports));
	bpf_ringbuf_submit(scan, 0);
}

static __always_inline void report_connection(const struct packet *p, enum probe_kind kind, enum port_state port_state,
					      __u64 now_ns, struct xdp_md *ctx, struct counters *sums)
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
	connection->ifindex = ctx->ingress_ifindex;
	connection->kind = kind;
	connection->port_state = port_state;
	__builtin_memset(connection->pad, 0, sizeof(connection->pad));
	bpf_ringbuf_submit(connection, BPF_RB_NO_WAKEUP);
}

/* A source over the threshold; true when the packet is to be dropped. */
static __always_inline bool handle_scan(const struct probe *p, const struct policy *rules, __u64 now_ns, struct xdp_md *ctx,
					struct counters *sums)
{
	const struct touched *t = &p->touched;
	const struct addr *source = &p->source.source;
	bool blocks = rules->response == RESPONSE_BLOCK;
	__u64 expiry_ns = blocks && rules->block_ttl_ns ? expiry_of(now_ns + rules->block_ttl_ns) : 0;
	enum block_outcome outcome = BLOCK_UNDECIDED;

	if (rules->mode != MODE_KERNEL || is_allowed(&p->packet.source) ||
	    has_grace(&p->packet.source, now_ns))
		return false;
	if (blocks)
		outcome = block_source(addr_high(source), addr_low(source), p->source_bits, now_ns, expiry_ns);
	sums->blocks_made += outcome == BLOCK_MADE;
	/* One for each crossing: a scanner without a block comes here with every packet. */
	sums->blocks_refused += outcome == BLOCK_REFUSED && t->report;
	sums->blocks_capped += outcome == BLOCK_CAPPED && t->report;
	/* A block that was refused at first is told when it is made. */
	if (t->report || outcome == BLOCK_MADE)
		report_scan(p, outcome, expiry_ns, now_ns, ctx, sums);
	return blocks;
}

/* One probe of a port: in `singles` while it is the source's only one, then in `sources`. What comes of it is in `touched`. */
static __always_inline void touch(struct probe *p, __u64 now_ns, const struct policy *rules, struct counters *sums)
{
	struct horizon h = horizon_at(now_ns >> TICK_SHIFT, rules->window_ns, 0);
	struct line *line = single_line_of(&p->source);
	const struct source_id *id = &p->source;
	__u16 port = p->packet.destination_port;
	struct source_set *set;
	__u64 carried = 0;
	bool goes;

	if (!line)
		return;
	/* The look without the lock is a hint: see singles.bpf.h. */
	goes = !singles_serve(rules) || (mark_is_fresh(line, now_ns, rules->window_ns) && source_is_in(id));
	if (single_note(line, id, port, goes, now_ns, &h, &carried, sums) == SINGLE_STAYS)
		return;
	set = source_set_of(id);
	if (!set)
		return;
	source_touch(set, id, &p->packet.destination, carried, port, now_ns, rules, &p->touched);
	sums->sources_evicted += p->touched.evicted;
}

/*
 * The probe counts: whether it is to be dropped. A global function, which the verifier walks through once, and not once
 * for each way to it.
 */
__noinline int count_probe(struct xdp_md *ctx, __u64 now_ns)
{
	struct counters *sums = only_element(&counters);
	struct policy *rules = only_element(&policy);
	struct probe *p = only_element(&probe);

	/* A block of nobody would shut out all who have no address yet; and all zero is an empty slot. */
	if (!sums || !rules || !p || addr_is_unspecified(&p->source.source))
		return false;
	__builtin_memset(&p->touched, 0, sizeof(p->touched));
	touch(p, now_ns, rules, sums);
	return p->touched.over && handle_scan(p, rules, now_ns, ctx, sums);
}

/* Who listens on the port that a SYN asks for. Of a port that is published for somebody else this host has no socket. */
static __always_inline enum port_state port_state_of(struct xdp_md *ctx, const struct packet *p)
{
	if (!is_local(&p->destination))
		return PORT_UNKNOWN;
	return is_forwarded(p->destination_port) || socket_state(ctx) != SOCKET_NONE ? PORT_OPEN : PORT_CLOSED;
}

/* A SYN, or a fragment of what may be one: its verdict. Global, as count_probe. */
__noinline int decide_syn(struct xdp_md *ctx)
{
	struct counters *sums = only_element(&counters);
	struct policy *rules = only_element(&policy);
	struct probe *syn = only_element(&probe);
	enum port_state port_state = PORT_UNKNOWN;
	struct syn_id id;
	__u64 now_ns;

	if (!sums || !rules || !syn)
		return PASS_CONNECTION;
	now_ns = clock_now_ns();
	id = syn_identify(&syn->packet, syn->packet.sequence);
	syn->source.hash = source_hash(&syn->source.source);
	/* Both are fetched at once: what is locked is waited for. */
	line_fetch(id.line);
	line_fetch(single_line_of(&syn->source));
	if (checksum_is_wrong(ctx))
		return PASS_NOT_SYN;
	if (syn_seen(&id, now_ns, sums))
		return PASS_RETRANSMISSION;

	if (rules->evidence == EVIDENCE_CLOSED)
		port_state = port_state_of(ctx, &syn->packet);
	/* A fragment always passes: what it is a part of may be anything. */
	if (port_state != PORT_OPEN && count_probe(ctx, now_ns) && syn->packet.kind != KIND_FRAGMENT) {
		syn_forget(&id);
		return DROP_THRESHOLD;
	}
	report_connection(&syn->packet, syn->packet.kind, port_state, now_ns, ctx, sums);
	return PASS_CONNECTION;
}

/* Whether honest packets of this kind come late: when their socket is gone, or to somebody who changed the address. */
static __always_inline bool may_be_late(enum probe_kind kind)
{
	return kind == KIND_FIN || kind == KIND_ACK || kind == KIND_MAIMON || kind == KIND_UDP;
}

static __always_inline bool is_ephemeral(const struct policy *rules, __u32 port)
{
	return port >= rules->ephemeral_first && port <= rules->ephemeral_last;
}

/* Whether this may be the second packet of a client that has sent nothing yet: the end of a handshake, or of a connection. */
static __always_inline bool may_follow_syn(const struct packet *p)
{
	return p->protocol == IPPROTO_TCP && !p->has_payload && !(p->flags & TCP_SYN) &&
	       (p->flags & (TCP_ACK | TCP_RST));
}

/*
 * What follows a SYN says who answered it. A socket past the handshake: the source got our answer, so it is who it says.
 * No socket, and the source goes on all the same: somebody behind this host. With SYN cookies the listener is found.
 */
static __always_inline void note_what_follows(const struct probe *p, const struct syn_id *syn, __u32 state,
					      __u64 now_ns, struct xdp_md *ctx, struct counters *sums)
{
	if (is_established(state)) {
		syn_forget(syn);
		report_connection(&p->packet, KIND_HANDSHAKE, PORT_OPEN, now_ns, ctx, sums);
	} else if (state == SOCKET_NONE && p->packet.kind == KIND_ACK && is_local(&p->packet.destination)) {
		note_forwarded(p->packet.destination_port);
	}
}

/* Neither SYN nor data: does it belong to a socket, or is it a probe? Its verdict; global, as count_probe. */
__noinline int decide_stray(struct xdp_md *ctx)
{
	struct counters *sums = only_element(&counters);
	struct policy *rules = only_element(&policy);
	struct probe *p = only_element(&probe);
	bool is_late_to_client, may_count, follows = false;
	struct syn_id syn = {};
	__u32 verdict, state;
	__u64 now_ns;
	__u8 kind;

	if (!sums || !rules || !p)
		return PASS_NOT_SYN;
	kind = p->packet.kind;
	verdict = p->packet.protocol == IPPROTO_TCP ? PASS_NOT_SYN : PASS_NOT_TCP;
	is_late_to_client = may_be_late(kind) && is_ephemeral(rules, p->packet.destination_port);
	may_count = kind != KIND_NONE && !is_late_to_client && is_local(&p->packet.destination);
	now_ns = clock_now_ns();
	if (may_follow_syn(&p->packet) && !(kind == KIND_ACK && is_late_to_client)) {
		syn = syn_identify(&p->packet, p->packet.sequence - 1);
		follows = syn_is_known(&syn, now_ns);
	}
	if (!may_count && !follows)
		return verdict;
	state = socket_state(ctx);
	if (!follows && is_owned(state))
		return verdict;
	if (checksum_is_wrong(ctx))
		return verdict;
	if (follows) {
		note_what_follows(p, &syn, state, now_ns, ctx, sums);
		return verdict;
	}
	if (state != SOCKET_NONE && rules->evidence == EVIDENCE_CLOSED)
		return verdict;
	if (p->packet.protocol == IPPROTO_TCP && may_be_late(kind) && is_forwarded(p->packet.destination_port))
		return verdict;
	if (addr_is_unspecified(&p->source.source))
		return verdict;
	p->source.hash = source_hash(&p->source.source);
	if (count_probe(ctx, now_ns))
		return DROP_THRESHOLD;
	report_connection(&p->packet, kind, state == SOCKET_NONE ? PORT_CLOSED : PORT_OPEN, now_ns, ctx, sums);
	return PASS_PROBE;
}

/* What the packet of `probe` meets in the blocklist, away from the shortcut; 0: nothing. Global, as count_probe. */
__noinline int decide_blocked(struct xdp_md *ctx, __u32 frame_bytes)
{
	struct probe *p = only_element(&probe);
	bool may_be_kept;

	if (!p)
		return 0;
	may_be_kept = p->packet.ends >= 0 && p->packet.protocol == IPPROTO_TCP && !p->packet.is_cut &&
		      !(p->packet.flags & TCP_SYN) && keeps_established();
	if (!is_blocked(&p->source.source, &p->packet.source, may_be_kept ? 0 : frame_bytes))
		return 0;
	if (may_be_kept) {
		if (is_established(socket_state(ctx)))
			return PASS_ESTABLISHED;
		is_blocked(&p->source.source, &p->packet.source, frame_bytes);
	}
	return DROP_BLOCKED;
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
	p->packet.ends = parse_transport(&cursor, &p->packet);
	if (!is_not_blocked) {
		result = decide_blocked(ctx, frame_bytes);
		if (result)
			return result;
	}
	if (p->packet.ends < 0)
		return ~p->packet.ends;
	if (p->packet.kind == KIND_SYN || p->packet.kind == KIND_FRAGMENT)
		return decide_syn(ctx);
	return decide_stray(ctx);
}

static __always_inline enum verdict decide(struct xdp_md *ctx, __u32 frame_bytes)
{
	enum shortcut shortcut = take_shortcut(ctx, frame_bytes);

	switch (shortcut) {
	case SHORTCUT_NOT_IP:
		return PASS_NOT_IP;
	case SHORTCUT_BLOCKED:
		return DROP_BLOCKED;
	case SHORTCUT_ESTABLISHED:
		return PASS_ESTABLISHED;
	case SHORTCUT_NOT_SYN:
		return PASS_NOT_SYN;
	case SHORTCUT_SYN:
		return decide_syn(ctx);
	case SHORTCUT_STRAY:
		return decide_stray(ctx);
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
		outcome = command->is_net ? net_put(&source, &block) : block_put(&source, &block, now_ns);
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
