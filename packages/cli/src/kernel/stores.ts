import type { AllowStore, BlockStore, CounterSource, PolicyStore, SourceStore } from '@scanward/daemon';
import { type BpfMap, possibleCpus } from '@scanward/loader-native';
import type { Codecs } from '@scanward/map-codec';
import { KernelAllowStore } from './allow-store.ts';
import { KernelBlockStore } from './block-store.ts';
import type { CommandProgram } from './command-program.ts';
import { KernelCounterSource } from './counter-source.ts';
import { KernelPolicyStore } from './policy-store.ts';
import { KernelSourceStore } from './source-store.ts';

/** The daemon's ports on one set of maps, whoever made it. */
export interface Stores {
  readonly blocks: BlockStore;
  readonly sources: SourceStore;
  readonly counters: CounterSource;
  readonly allow: AllowStore;
  readonly policy: PolicyStore;
}

/** @param map gives a map by its name in the object */
export function kernelStores(map: (name: string) => BpfMap, command: CommandProgram, codec: Codecs): Stores {
  const blocks = new KernelBlockStore({ lines: map('blocked_lines'), hash: map('blocked') }, command, codec);
  return {
    blocks,
    sources: new KernelSourceStore(map('sources'), command, codec),
    counters: new KernelCounterSource(map('counters'), codec, possibleCpus()),
    allow: new KernelAllowStore(map('allow'), codec, () => {
      blocks.recheck();
    }),
    policy: new KernelPolicyStore(map('policy'), codec),
  };
}
