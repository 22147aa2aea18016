/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * Who touched which ports: sets of slots under one lock each. The program is the only writer.
 *
 * Touches stand in order of use. So the walk that puts a port in front stops at the port's old place,
 * and "touches[threshold] is fresh" says that more than threshold distinct ports were touched.
 */
#ifndef SCANWARD_SOURCES_BPF_H
#define SCANWARD_SOURCES_BPF_H

#include "hash.bpf.h"
#include "maps.bpf.h"

/* What makes a touch count: it is no older than this. Tick 0, and so an empty touch, never counts. */
struct horizon {
	__u64 oldest; /* touch: the first tick within the window and not before the end of the last block, port 0 */
};

struct touched {
	__u16 over; /* more than threshold ports within the window */
	__u16 report; /* and that is news */
	__u16 evicted; /* a fresh slot of another source made room */
	__u16 ports_count; /* in kernel mode, when over */
	__be16 ports[PORTS_MAX];
};

static __always_inline __u64 touch_tick(__u64 touch)
{
	return touch >> 16;
}

static __always_inline bool is_fresh(__u64 touch, const struct horizon *h)
{
	return touch >= h->oldest;
}

/*
 * No branches below: the verifier would follow the walk over the touches once for each way through them.
 * All values stay under 2^63, so that a difference has a sign.
 */
static __always_inline __u64 all_ones_if_negative(__s64 value)
{
	asm volatile("" : "+r"(value)); /* or clang makes a branch of it */
	return value >> 63;
}

static __always_inline __u64 larger(__u64 a, __u64 b)
{
	__u64 difference = a - b;

	return a - (difference & all_ones_if_negative(difference));
}

/* `until_ns` (see struct source) voids the touches before it once it has passed; all ones never does. */
static __always_inline __u64 void_before_tick(__u64 until_ns, __u64 now_ns)
{
	return (until_ns >> TICK_SHIFT) & ~all_ones_if_negative(now_ns - until_ns) & ~all_ones_if_negative(until_ns);
}

static __always_inline struct horizon horizon_at(__u64 tick, __u64 window_ns, __u64 void_tick)
{
	__u64 window_ticks = window_ns >> TICK_SHIFT;
	__u64 window_start = larger(tick, window_ticks) - window_ticks + 1;

	return (struct horizon){ .oldest = larger(window_start, void_tick) << 16 };
}

/* A source, and where it stands in the tables. */
struct source_id {
	struct addr source;
	__u64 hash; /* its upper half chooses sets and lines */
};

static __always_inline __u64 source_hash(const struct addr *source)
{
	return secret[0] + addr_sum(source, &secret[1]);
}

static __always_inline struct source_set *source_set_of(const struct source_id *id)
{
	__u32 index = hash_to_set(id->hash >> 32, source_sets);

	return bpf_map_lookup_elem(&sources, &index);
}

/* The slot of the source, or SOURCES_PER_SET. */
static __always_inline __u32 slot_of(const struct source_set *set, const struct addr *source)
{
	__u32 i;

	for (i = 0; i < SOURCES_PER_SET; i++)
		if (addr_equal(&set->slots[i].source, source))
			break;
	return i;
}

/* Without the lock: a hint. */
static __always_inline bool source_is_in(const struct source_id *id)
{
	const struct source_set *set = source_set_of(id);

	return set && slot_of(set, &id->source) < SOURCES_PER_SET;
}

/* The first empty slot, else the one that was quiet longest. */
static __always_inline __u32 slot_to_take(const struct source_set *set)
{
	__u32 quietest = 0;

	for (__u32 i = 0; i < SOURCES_PER_SET; i++) {
		if (addr_is_zero(&set->slots[i].source))
			return i;
		if (touch_tick(set->slots[i].touches[0]) < touch_tick(set->slots[quietest].touches[0]))
			quietest = i;
	}
	return quietest;
}

/* A byte on the stack loses its value in the verifier's eyes: one walk then stands for all four slots. */
static __always_inline struct source *slot_at(struct source_set *set, __u32 index)
{
	volatile __u8 any = index;

	return &set->slots[any & (SOURCES_PER_SET - 1)];
}

static __always_inline void slot_empty(struct source *slot)
{
	__builtin_memset(slot, 0, sizeof(*slot));
}

static __always_inline void count_up(__u32 *saturating)
{
	if (*saturating != ~0U)
		(*saturating)++;
}

/* Puts the port in front. The clocks of two CPUs may be apart a little: within a slot time never goes back. */
static __always_inline void slot_touch(struct source *slot, __u64 tick, __u16 port, const struct horizon *h)
{
	__u64 carried = larger(tick, touch_tick(slot->touches[0])) << 16 | port;
	bool known = false;

	for (int i = 0; i < PORTS_MAX; i++) {
		__u64 touch = slot->touches[i];

		slot->touches[i] = carried;
		if (!is_fresh(touch, h))
			break;
		if ((__u16)touch == port) {
			known = true;
			break;
		}
		carried = touch;
	}
	if (!known)
		count_up(&slot->ports);
	count_up(&slot->connections);
}

static __always_inline bool slot_is_over(const struct source *slot, __u32 threshold, const struct horizon *h)
{
	if (threshold >= PORTS_MAX)
		return false;
	asm volatile("" : "+r"(threshold)); /* or clang drops the mask, without which 5.10 knows no bound */
	return is_fresh(slot->touches[threshold & (PORTS_MAX - 1)], h);
}

static __always_inline void slot_list_ports(const struct source *slot, const struct horizon *h, struct touched *t)
{
	for (int i = 0; i < PORTS_MAX; i++) {
		__u64 touch = slot->touches[i];

		if (!is_fresh(touch, h))
			break;
		t->ports[i] = bpf_htons((__u16)touch);
		t->ports_count = i + 1;
	}
}

/* Until when a crossing needs no second report: the end of the block, or of a window. */
static __always_inline __u64 dealt_with_until(const struct policy *rules, __u64 now_ns)
{
	if (rules->response != RESPONSE_BLOCK)
		return now_ns + rules->window_ns;
	return rules->block_ttl_ns ? now_ns + rules->block_ttl_ns : ~0ULL;
}

/*
 * One probe of a port, after an earlier one that is `carried` here, or 0. Everything under the lock is here; `t`
 * must be zero.
 */
static __always_inline void source_touch(struct source_set *set, const struct source_id *id,
					 const struct addr *destination, __u64 carried, __u16 port, __u64 now_ns,
					 const struct policy *rules, struct touched *t)
{
	__u64 window_ns = rules->window_ns;
	__u32 threshold = rules->threshold;
	__u64 tick = now_ns >> TICK_SHIFT;
	struct source *slot;
	struct horizon h;
	__u32 index;

	bpf_spin_lock(&set->lock);
	index = slot_of(set, &id->source);
	if (index == SOURCES_PER_SET) {
		index = slot_to_take(set);
		slot = slot_at(set, index);
		h = horizon_at(tick, window_ns, 0);
		/* In ticks: a touch of the fifth year of uptime has its highest bit set. */
		t->evicted = 1 + all_ones_if_negative(touch_tick(slot->touches[0]) - touch_tick(h.oldest));
		slot_empty(slot);
		slot->source = id->source;
	}
	slot = slot_at(set, index);
	h = horizon_at(larger(tick, touch_tick(slot->touches[0])), window_ns, void_before_tick(slot->until_ns, now_ns));

	slot->destination = *destination;
	if (carried)
		slot_touch(slot, touch_tick(carried), carried, &h);
	slot_touch(slot, tick, port, &h);
	if (slot_is_over(slot, threshold, &h)) {
		t->over = 1;
		slot->over_ns = now_ns;
		if (rules->mode == MODE_KERNEL)
			slot_list_ports(slot, &h, t);
		if (slot->until_ns <= now_ns) {
			t->report = 1;
			if (rules->mode == MODE_KERNEL)
				slot->until_ns = dealt_with_until(rules, now_ns);
		}
	}
	bpf_spin_unlock(&set->lock);
}

static __always_inline void source_forget(struct source_set *set, const struct source_id *id)
{
	__u32 index;

	bpf_spin_lock(&set->lock);
	index = slot_of(set, &id->source);
	if (index < SOURCES_PER_SET)
		slot_empty(slot_at(set, index));
	bpf_spin_unlock(&set->lock);
}

#endif
