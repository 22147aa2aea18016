import { hasExpired } from '../block-time.ts';
import type { AllowStore, BlockEntry, BlockStore, Clock, GraceStore, NoteStore } from '../ports.ts';
import { WallClock } from '../wall-clock.ts';
import type { StateBlock, StateEntry } from './state-entry.ts';

/** Where the state is while Scanward runs: the program's maps. */
export interface StateMaps {
  readonly allow: AllowStore;
  readonly graces: GraceStore;
  readonly blocks: BlockStore;
  readonly notes: NoteStore;
}

type Times = Pick<Clock, 'monotonicNs' | 'wallMs'>;

/**
 * What is in force now but for what lists say, read as it is asked for: who is allowed by command first, so that whoever restores it knows them
 * before the blocks. A block that moves within the program's tables meanwhile may come twice.
 */
export function* stateEntries(maps: StateMaps, clock: Times): Generator<StateEntry> {
  const nowNs = clock.monotonicNs();
  const wall = new WallClock(clock);
  for (const { address, bits, reason } of maps.allow.entries()) {
    if (reason === 'command') yield { kind: 'allow', address, bits };
  }
  for (const { address, bits, untilNs } of maps.graces.entries()) {
    if (untilNs > nowNs) yield { kind: 'grace', address, bits, untilMs: wall.ms(untilNs) };
  }
  for (const block of maps.blocks.entries()) {
    if (block.reason !== 'list' && !hasExpired(block, nowNs)) yield stateBlock(block, maps.notes, wall);
  }
}

function stateBlock(block: BlockEntry, notes: NoteStore, wall: WallClock): StateBlock {
  const { source, bits, isNet, startNs, expiryNs, reason, packets, bytes } = block;
  const { ports, text } = notes.get({ address: source, bits }) ?? { ports: [], text: '' };
  const expiryMs = expiryNs === 0n ? undefined : wall.ms(expiryNs);
  const startMs = wall.ms(startNs);
  return { kind: 'block', address: source, bits, isNet, startMs, expiryMs, reason, packets, bytes, ports, text };
}
