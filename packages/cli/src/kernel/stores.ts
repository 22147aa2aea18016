import type {
  BulkAllowStore,
  BulkBlockStore,
  CounterSource,
  GraceStore,
  LocalStore,
  NoteStore,
  PolicyStore,
  SourceStore,
} from '@scanward/daemon';
import { type BpfMap, possibleCpus } from '@scanward/loader-native';
import type { Codecs } from '@scanward/map-codec';
import { KernelAllowStore } from './allow-store.ts';
import { KernelBlockStore } from './block-store.ts';
import type { CommandProgram } from './command-program.ts';
import { KernelCounterSource } from './counter-source.ts';
import { KernelGraceStore } from './grace-store.ts';
import { KernelLocalStore } from './local-store.ts';
import { KernelNoteStore } from './note-store.ts';
import { KernelPolicyStore } from './policy-store.ts';
import { KernelSourceStore } from './source-store.ts';

/** The daemon's ports on one set of maps, whoever made it. */
export interface Stores {
  readonly blocks: BulkBlockStore;
  readonly sources: SourceStore;
  readonly counters: CounterSource;
  readonly allow: BulkAllowStore;
  readonly local: LocalStore;
  readonly graces: GraceStore;
  readonly notes: NoteStore;
  readonly policy: PolicyStore;
}

/** @param map gives a map by its name in the object */
export function kernelStores(map: (name: string) => BpfMap, command: CommandProgram, codec: Codecs): Stores {
  const tables = { lines: map('blocked_lines'), hash: map('blocked'), nets: map('blocked_nets') };
  const blocks = new KernelBlockStore(tables, command, codec);
  return {
    blocks,
    sources: new KernelSourceStore(map('sources'), command, codec),
    counters: new KernelCounterSource(map('counters'), codec, possibleCpus()),
    allow: new KernelAllowStore(map('allow'), codec, () => {
      blocks.recheck();
    }),
    local: new KernelLocalStore(map('local'), codec),
    graces: new KernelGraceStore(map('graces'), codec),
    notes: new KernelNoteStore(map('block_notes'), codec),
    policy: new KernelPolicyStore(map('policy'), codec),
  };
}
