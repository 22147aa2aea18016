import { readObject } from '@scanward/bpf-object';
import type { AllowStore, BlockStore, CounterSource, EventSource, PolicyStore, SourceStore } from '@scanward/daemon';
import {
  type BpfMap,
  type BpfProgram,
  features,
  loadObject,
  type LoadedObject,
  possibleCpus,
  raiseMemlock,
  RingBuffer,
} from '@scanward/loader-native';
import { codecs, type Endian, SECRET_WORDS, SOURCE_KEYS, SOURCES_PER_SET } from '@scanward/map-codec';
import type { RunOptions } from '../flags/run-options.ts';
import { KernelAllowStore } from './allow-store.ts';
import { KernelBlockStore } from './block-store.ts';
import { checkObject } from './check-object.ts';
import { clockKind } from './clock-kind.ts';
import { KernelCounterSource } from './counter-source.ts';
import { KernelEventSource } from './event-source.ts';
import { kernelBytes } from './kernel-bytes.ts';
import { readObjectFile } from '../object-file.ts';
import { KernelPolicyStore } from './policy-store.ts';
import { randomKeys } from './secret.ts';
import { KernelSourceStore } from './source-store.ts';

/** Lines of seven SYNs remembered, 64 bytes each. */
const SYN_LINES = 32_768;
/** Fourteen sources with one port so far for each with more, of 8 bytes each. */
const SINGLE_LINES_PER_SOURCE = 2;
/** Lines have five cells: so few blocks find none in theirs that it costs nothing. */
const BLOCKS_A_LINE = 2;
/** The entries of `blocked_nets`. */
const NETS_MAX = 65_536;

/** The loaded program, not attached yet, and the daemon's ports on its maps. */
export interface Loaded {
  readonly program: BpfProgram;
  readonly endian: Endian;
  /** The program's keys for the place of a source, so that the detector's table is the same. */
  readonly sourceKeys: readonly bigint[];
  readonly events: EventSource;
  readonly blocks: BlockStore;
  readonly sources: SourceStore;
  readonly counters: CounterSource;
  readonly allow: AllowStore;
  readonly policy: PolicyStore;
  /** Kernel memory of all maps; undefined when that cannot be known. */
  readonly kernelBytes: number | undefined;
  /** Closes every descriptor. */
  close(): void;
}

/** Loads the object for this machine. @throws OperatorError, or what the loader throws */
export function load(options: RunOptions, endian: Endian): Loaded {
  const { path, bytes } = readObjectFile(options.object, endian);
  const spec = readObject(bytes);
  checkObject(spec, path, endian);
  raiseMemlock();
  const secret = randomKeys(SECRET_WORDS);
  const sourceSets = Math.ceil(options.maxSources / SOURCES_PER_SET);
  const singleLines = SINGLE_LINES_PER_SOURCE * options.maxSources;
  const blockLines = Math.ceil(options.maxBlocks / BLOCKS_A_LINE);
  const object = loadObject(spec, {
    programs: ['scanward', 'scanward_command'],
    constants: {
      clock_kind: clockKind(features()),
      has_frags: features().xdpFrags ? 1 : 0,
      source_sets: sourceSets,
      single_lines: singleLines,
      syn_lines: SYN_LINES,
      block_lines: blockLines,
      max_blocks: options.maxBlocks,
      secret,
    },
    maxEntries: {
      sources: sourceSets,
      singles: singleLines,
      syns: SYN_LINES,
      blocked_lines: blockLines,
      blocked: options.maxBlocks,
      block_notes: options.maxBlocks + NETS_MAX,
    },
  });
  try {
    return ports(object, endian, secret.slice(0, SOURCE_KEYS));
  } catch (error) {
    object.close();
    throw error;
  }
}

function ports(object: LoadedObject, endian: Endian, sourceKeys: readonly bigint[]): Loaded {
  const codec = codecs(endian);
  const map = (name: string): BpfMap => object.maps[name]!;
  const connections = new RingBuffer(map('connections'));
  const scans = new RingBuffer(map('scans'));
  const command = object.programs['scanward_command']!;
  const blocks = new KernelBlockStore(
    { lines: map('blocked_lines'), hash: map('blocked'), nets: map('blocked_nets') },
    command,
    codec,
  );
  return {
    program: object.programs['scanward']!,
    endian,
    sourceKeys,
    events: new KernelEventSource(connections, scans),
    blocks,
    sources: new KernelSourceStore(map('sources'), command, codec),
    counters: new KernelCounterSource(map('counters'), codec, possibleCpus()),
    allow: new KernelAllowStore(map('allow'), codec, () => {
      blocks.recheck();
    }),
    policy: new KernelPolicyStore(map('policy'), codec),
    kernelBytes: kernelBytes(Object.values(object.maps)),
    close() {
      scans.close();
      connections.close();
      object.close();
    },
  };
}
