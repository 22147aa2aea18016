/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/*
 * A line is one cache line: cells of eight bytes under one lock, in order of use, the last used first. `syns`
 * and `singles` are arrays of lines. Everything here but the times wants the lock held.
 */
#ifndef SCANWARD_LINES_BPF_H
#define SCANWARD_LINES_BPF_H

#include "hash.bpf.h"
#include "maps.bpf.h"

/* Units of 2^24 ns, 16.8 ms; 24 bits of them start anew every 78 hours. */
#define CELL_TIME_SHIFT 24
#define CELL_TIME_MASK ((1ULL << CELL_TIME_SHIFT) - 1)

static __always_inline __u64 cell_units(__u64 now_ns)
{
	return now_ns >> CELL_TIME_SHIFT;
}

static __always_inline __u64 cell_now(__u64 content, __u64 now_ns)
{
	return content << CELL_TIME_SHIFT | (cell_units(now_ns) & CELL_TIME_MASK);
}

static __always_inline __u64 cell_content(__u64 cell)
{
	return cell >> CELL_TIME_SHIFT;
}

/* The clocks of two CPUs may be apart a little, by the edge of a unit: a cell of the future is of now. */
#define CLOCKS_APART_UNITS 255

/* In units. */
static __always_inline __u64 cell_age(__u64 cell, __u64 now_ns)
{
	__u64 age = (cell_units(now_ns) - cell) & CELL_TIME_MASK;

	return age <= CELL_TIME_MASK - CLOCKS_APART_UNITS ? age : 0;
}

/* Begins to read the line. */
static __always_inline void line_fetch(const struct line *line)
{
	if (line)
		(void)*(const volatile __u32 *)&line->mark;
}

/*
 * The place of the first cell whose content, without its lowest bits, is this; else of the first empty one;
 * else CELLS_PER_LINE. `cell` is what stands there: 0, if it is not what was sought.
 */
static __always_inline __u32 line_find(const struct line *line, __u64 content, __u32 lowest_bits, __u64 *cell)
{
	__u32 i;

	*cell = 0;
	for (i = 0; i < CELLS_PER_LINE; i++) {
		__u64 there = line->cells[i];

		if (!there)
			break;
		if (cell_content(there) >> lowest_bits == content) {
			*cell = there;
			break;
		}
	}
	return i;
}

/* Puts a cell in front: those before the place move there. Returns the one that falls out at the end, or 0. */
static __always_inline __u64 line_put(struct line *line, __u32 place, __u64 cell)
{
	__u64 fallen = place == CELLS_PER_LINE ? line->cells[CELLS_PER_LINE - 1] : 0;

	for (__u32 i = CELLS_PER_LINE - 1; i > 0; i--)
		if (i <= place)
			line->cells[i] = line->cells[i - 1];
	line->cells[0] = cell;
	return fallen;
}

/* Takes the cell of a place out: those behind it move up. */
static __always_inline void line_take(struct line *line, __u32 place)
{
	for (__u32 i = 0; i < CELLS_PER_LINE; i++)
		if (i >= place)
			line->cells[i] = i + 1 < CELLS_PER_LINE ? line->cells[i + 1] : 0;
}

#endif
