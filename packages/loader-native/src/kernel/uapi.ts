// Numbers of linux/bpf.h and linux/if_link.h, under the kernel's names.

export const Command = {
  BPF_MAP_CREATE: 0,
  BPF_MAP_LOOKUP_ELEM: 1,
  BPF_MAP_UPDATE_ELEM: 2,
  BPF_MAP_DELETE_ELEM: 3,
  BPF_MAP_GET_NEXT_KEY: 4,
  BPF_PROG_LOAD: 5,
  BPF_OBJ_PIN: 6,
  BPF_OBJ_GET: 7,
  BPF_PROG_TEST_RUN: 10,
  BPF_OBJ_GET_INFO_BY_FD: 15,
  BPF_BTF_LOAD: 18,
  BPF_MAP_FREEZE: 22,
  BPF_MAP_LOOKUP_BATCH: 24,
  BPF_MAP_UPDATE_BATCH: 26,
  BPF_MAP_DELETE_BATCH: 27,
  BPF_LINK_CREATE: 28,
  BPF_LINK_UPDATE: 29,
} as const;

export type CommandName = keyof typeof Command;

/** Kinds of maps, by the names of enum bpf_map_type without their prefix. */
export const MapType = {
  HASH: 1,
  ARRAY: 2,
  PROG_ARRAY: 3,
  PERF_EVENT_ARRAY: 4,
  PERCPU_HASH: 5,
  PERCPU_ARRAY: 6,
  LRU_HASH: 9,
  LRU_PERCPU_HASH: 10,
  LPM_TRIE: 11,
  DEVMAP: 14,
  CPUMAP: 16,
  XSKMAP: 17,
  PERCPU_CGROUP_STORAGE: 21,
  QUEUE: 22,
  STACK: 23,
  DEVMAP_HASH: 25,
  RINGBUF: 27,
  BLOOM_FILTER: 30,
} as const;

/** Flags of a map's creation. */
export const MapFlag = {
  NO_PREALLOC: 1,
  NO_COMMON_LRU: 2,
  NUMA_NODE: 4,
  RDONLY: 1 << 3,
  WRONLY: 1 << 4,
  ZERO_SEED: 1 << 6,
  RDONLY_PROG: 1 << 7,
  WRONLY_PROG: 1 << 8,
  MMAPABLE: 1 << 10,
} as const;

/** Flags of reading and writing an element. */
export const ElementFlag = {
  /** Create or replace. */
  ANY: 0,
  /** Create only (EEXIST otherwise). */
  NOEXIST: 1,
  /** Replace only (ENOENT otherwise). */
  EXIST: 2,
  /** Under the value's bpf_spin_lock. */
  LOCK: 4,
} as const;

export const PROG_TYPE_XDP = 6;
export const ATTACH_TYPE_XDP = 37;
export const LINK_TYPE_XDP = 6;
export const PROG_FLAG_XDP_HAS_FRAGS = 1 << 5;
export const XDP_FLAG_GENERIC = 1 << 1;
export const XDP_FLAG_NATIVE = 1 << 2;

/** What an XDP program answers. */
export const XdpVerdict = { ABORTED: 0, DROP: 1, PASS: 2, TX: 3, REDIRECT: 4 } as const;
