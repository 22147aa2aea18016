import { randomBytes } from 'node:crypto';
import { readObject } from '@scanward/bpf-object';
import {
  features,
  loadObject,
  possibleCpus,
  raiseMemlock,
  RingBuffer,
  type BpfMap,
  type BpfProgram,
} from '@scanward/loader-native';
import { codecs, type Endian, SECRET_WORDS, SOURCE_KEYS, SOURCES_PER_SET } from '@scanward/map-codec';
import type { BlockStore, AllowStore, CounterSource, EventSource, PolicyStore, SourceStore } from '@scanward/daemon';
import type { RunOptions } from '../flags/run-options.ts';
import { KernelAllowStore } from './allow-store.ts';
import { KernelBlockStore } from './block-store.ts';
import { checkObject } from './check-object.ts';
import { KernelCounterSource } from './counter-source.ts';
import { KernelEventSource } from './event-source.ts';
import { readObjectFile, shippedObject } from './object-file.ts';
import { KernelPolicyStore } from './policy-store.ts';
import { KernelSourceStore } from './source-store.ts';

/** Lines of seven SYNs remembered, 64 bytes each. */
const SYN_SETS = 32_768;

/** The loaded program and the daemon's ports on its maps. Not attached yet. */
export interface Loaded {
  readonly program: BpfProgram;
  readonly endian: Endian;
  readonly sourceKeys: readonly bigint[];
  readonly events: EventSource;
  readonly blocks: BlockStore;
  readonly sources: SourceStore;
  readonly counters: CounterSource;
  readonly allow: AllowStore;
  readonly policy: PolicyStore;
  /** Closes every descriptor. */
  close(): void;
}
