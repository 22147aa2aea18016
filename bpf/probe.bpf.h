/* SPDX-License-Identifier: (GPL-2.0-only OR Apache-2.0) */
/* A packet that may be a probe: where the way to it ends and what is decided of it begins. */
#ifndef SCANWARD_PROBE_BPF_H
#define SCANWARD_PROBE_BPF_H

#include "maps.bpf.h"
#include "parse.bpf.h"
#include "sources.bpf.h"

struct probe {
	struct packet packet;
	struct source_id source;
	struct touched touched; /* here and not on the stack, which has 512 bytes for all functions that call each other */
	__u32 source_bits;
	__u32 pad;
};

/* Of the packet that this CPU is at. In a map, because functions of 5.10 take no pointers. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct probe);
} probe SEC(".maps");

#endif
