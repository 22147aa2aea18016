/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * Sources with one port so far: a cell holds 24 bits of the source's hash and the port. Most sources never
 * touch a second port, a flood of forged ones least of all; so it meets one cache line, and pushes nobody out
 * of `sources`, which a source enters with its second port.
 *
 * A line's mark says when one of its sources was last in `sources`: only then is that asked for a source which
 * has no cell. A cell that a race leaves behind is carried by the source's next touch.
 */
#ifndef SCANWARD_SINGLES_BPF_H
#define SCANWARD_SINGLES_BPF_H

#include "lines.bpf.h"
#include "sources.bpf.h"

#define PORT_BITS 16
/* The window that cells serve: their time has steps of 16.8 ms, and one unused for 78 hours is taken for new. */
#define WINDOW_MIN_NS (1ULL << 28)
#define WINDOW_MAX_NS (1ULL << 42)
#define CELL_TICKS_SHIFT (CELL_TIME_SHIFT - TICK_SHIFT)

static __always_inline struct line *single_line_of(const struct source_id *id)
{
	__u32 index = hash_to_set(id->hash >> 32, single_lines);

	return bpf_map_lookup_elem(&singles, &index);
}

/* Whether a source may be here at all: with threshold 0 the first port is one too many. */
static __always_inline bool singles_serve(const struct policy *rules)
{
	return rules->threshold > 0 && rules->window_ns >= WINDOW_MIN_NS && rules->window_ns <= WINDOW_MAX_NS;
}

static __always_inline __u64 single_tag(const struct source_id *id)
{
	return id->hash >> 8 & 0xffffff;
}

/* What a cell stands for: a touch at the start of its unit of time. */
static __always_inline __u64 single_touch(__u64 cell, __u64 now_ns)
{
	__u64 units = cell_units(now_ns);
	__u64 age = cell_age(cell, now_ns);

	if (!cell || age > units)
		return 0;
	return (units - age) << CELL_TICKS_SHIFT << PORT_BITS | (cell_content(cell) & 0xffff);
}

static __always_inline bool mark_is_fresh(const struct line *line, __u64 now_ns, __u64 window_ns)
{
	return (__s32)(cell_units(now_ns) - line->mark) <= (__s64)cell_units(window_ns) + 1;
}

enum single_outcome {
	SINGLE_STAYS, /* noted here: one port so far */
	SINGLE_GOES, /* to `sources`, with what it carries */
};

/* One probe of a port. `goes`: also with its first port. `carried`: the earlier touch of another port, or 0. */
static __always_inline enum single_outcome single_note(struct line *line, const struct source_id *id, __u16 port,
						       bool goes, __u64 now_ns, const struct horizon *h,
						       __u64 *carried, struct counters *sums)
{
	__u64 tag = single_tag(id);
	__u64 cell, touch, fallen = 0;
	__u32 place;

	bpf_spin_lock(&line->lock);
	place = line_find(line, tag, PORT_BITS, &cell);
	touch = single_touch(cell, now_ns);
	if (is_fresh(touch, h) && (__u16)touch != port) {
		*carried = touch;
		goes = true;
	}
	if (goes) {
		if (cell)
			line_take(line, place);
		line->mark = cell_units(now_ns);
	} else {
		fallen = line_put(line, place, cell_now(tag << PORT_BITS | port, now_ns));
	}
	bpf_spin_unlock(&line->lock);
	sums->singles_evicted += is_fresh(single_touch(fallen, now_ns), h);
	return goes ? SINGLE_GOES : SINGLE_STAYS;
}

static __always_inline void single_forget(struct line *line, const struct source_id *id)
{
	__u64 cell;
	__u32 place;

	bpf_spin_lock(&line->lock);
	place = line_find(line, single_tag(id), PORT_BITS, &cell);
	if (cell)
		line_take(line, place);
	bpf_spin_unlock(&line->lock);
}

#endif
