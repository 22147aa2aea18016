import { Attr } from './kernel/attr.ts';
import { tryCall } from './kernel/call.ts';
import { errnoNumber } from './kernel/errno.ts';
import { readInfo } from './kernel/info.ts';
import {
  ATTACH_TYPE_XDP,
  type CommandName,
  MapFlag,
  MapType,
  PROG_FLAG_XDP_HAS_FRAGS,
  XDP_FLAG_NATIVE,
} from './kernel/uapi.ts';
import { tryLoad } from './programs/load-attr.ts';
import { passProgram, callProgram } from './programs/trivial.ts';
import { nativeSys } from './sys/native-sys.ts';
import type { Sys } from './sys/sys.ts';

/** What the running kernel can do, each found by trying it, once for each `Sys`. Needs the rights to load programs. */
export interface Features {
  /** `uname -r`. */
  readonly release: string;
  /** XDP programs attach by a link (5.9). */
  readonly xdpLink: boolean;
  /** XDP programs may take frames of several buffers (5.18). */
  readonly xdpFrags: boolean;
  /** BPF_MAP_TYPE_RINGBUF (5.8). */
  readonly ringBuffer: boolean;
  /** BPF_MAP_TYPE_BLOOM_FILTER (5.16). */
  readonly bloomFilter: boolean;
  /** Batches of map elements (5.6). */
  readonly batch: boolean;
  /** Arrays that can be mapped into memory (5.5). */
  readonly mmapableArray: boolean;
  /** bpf_ktime_get_coarse_ns() (5.11). */
  readonly coarseClock: boolean;
  /** Programs become machine code. */
  readonly jit: boolean;
}

const HELPER_COARSE_CLOCK = 160;
/** Where bpf_prog_info has jited_prog_len. */
const JITED_BYTES = 16;
// The loopback interface has this number in every network namespace.
const LOOPBACK = 1;

function closing(sys: Sys, fd: number): boolean {
  if (fd >= 0) sys.close(fd);
  return fd >= 0;
}

function createProbe(sys: Sys, type: number, keySize: number, valueSize: number, entries: number, flags = 0): number {
  const attr = new Attr(72).u32(0, type).u32(4, keySize).u32(8, valueSize).u32(12, entries).u32(16, flags);
  return tryCall(sys, 'BPF_MAP_CREATE', attr);
}

// Asks for native XDP on the loopback interface, which has none, so nothing is ever attached: a kernel with
// links answers anything but EINVAL.
function probeXdpLink(sys: Sys): boolean {
  const program = tryLoad(sys, { name: 'probe', instructions: passProgram() });
  if (program < 0) return false;
  const attr = new Attr(64).u32(0, program).u32(4, LOOPBACK).u32(8, ATTACH_TYPE_XDP).u32(12, XDP_FLAG_NATIVE);
  const result = tryCall(sys, 'BPF_LINK_CREATE', attr);
  sys.close(program);
  closing(sys, result);
  return result !== -errnoNumber('EINVAL');
}

function probeBatch(sys: Sys): boolean {
  const map = createProbe(sys, MapType.HASH, 4, 4, 1);
  if (map < 0) return false;
  const bytes = new Uint8Array(8);
  const command: CommandName = 'BPF_MAP_LOOKUP_BATCH';
  const attr = new Attr(56).u32(32, 1).u32(36, map).pointer(8, bytes).pointer(16, bytes).pointer(24, bytes);
  const result = tryCall(sys, command, attr);
  sys.close(map);
  return result === 0 || result === -errnoNumber('ENOENT');
}

function probeJit(sys: Sys): boolean {
  const program = tryLoad(sys, { name: 'probe', instructions: passProgram() });
  if (program < 0) return false;
  try {
    return readInfo(sys, program).u32(JITED_BYTES) > 0;
  } finally {
    sys.close(program);
  }
}

const probes: Record<Exclude<keyof Features, 'release'>, (sys: Sys) => boolean> = {
  xdpLink: probeXdpLink,
  xdpFrags: (sys) =>
    closing(sys, tryLoad(sys, { name: 'probe', instructions: passProgram(), flags: PROG_FLAG_XDP_HAS_FRAGS })),
  ringBuffer: (sys) => closing(sys, createProbe(sys, MapType.RINGBUF, 0, 0, sys.pageSize())),
  bloomFilter: (sys) => closing(sys, createProbe(sys, MapType.BLOOM_FILTER, 0, 4, 1)),
  batch: probeBatch,
  mmapableArray: (sys) => closing(sys, createProbe(sys, MapType.ARRAY, 4, 4, 1, MapFlag.MMAPABLE)),
  coarseClock: (sys) => closing(sys, tryLoad(sys, { name: 'probe', instructions: callProgram(HELPER_COARSE_CLOCK) })),
  jit: probeJit,
};

const known = new WeakMap<Sys, Features>();

/** Each property is probed when it is first read. */
export function features(sys: Sys = nativeSys): Features {
  const cached = known.get(sys);
  if (cached) return cached;
  const answers = new Map<string, boolean>();
  const made = Object.defineProperty({}, 'release', { value: sys.release(), enumerable: true });
  for (const [name, probe] of Object.entries(probes)) {
    const get = () => {
      const answer = answers.get(name) ?? probe(sys);
      answers.set(name, answer);
      return answer;
    };
    Object.defineProperty(made, name, { get, enumerable: true });
  }
  known.set(sys, made as Features);
  return made as Features;
}
