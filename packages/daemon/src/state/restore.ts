import { addBlock } from '../block-table.ts';
import { readBack } from '../block-time.ts';
import type { Clock, Log, NewBlock, StateStore } from '../ports.ts';
import { WallClock } from '../wall-clock.ts';
import type { StateMaps } from './snapshot.ts';
import type { StateBlock, StateEntry } from './state-entry.ts';
import { StateError } from './state-error.ts';
import { readState, StateReader } from './state-reader.ts';

export interface RestorePorts extends StateMaps {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Brings what the state file holds and what has time left into new maps. All of the file is read before any of it is
 * believed. One that cannot be believed is set aside and never fatal. Throws what the maps throw.
 */
export function restoreState(ports: RestorePorts, store: StateStore): void {
  try {
    const writtenMs = readWhole(store);
    if (writtenMs !== undefined) new Restoring(ports, writtenMs).all(store);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    ports.log.warn(
      `state file ${store.name} cannot be used (${error.message}): ${setAside(store)}; nothing is restored`,
    );
  }
}

/** When it was written; undefined: there is none. @throws StateError unless it is as it was written */
function readWhole(store: StateStore): number | undefined {
  const lines = store.read();
  if (!lines) return undefined;
  const reader = new StateReader(store.sha256());
  for (const line of lines) reader.push(line);
  reader.end();
  return reader.writtenMs;
}

function setAside(store: StateStore): string {
  try {
    return `set aside as ${store.setAside()}`;
  } catch (error) {
    return `and it cannot be set aside (${error instanceof Error ? error.message : String(error)})`;
  }
}

class Restoring {
  readonly #ports: RestorePorts;
  readonly #wall: WallClock;
  readonly #nowMs: number;
  readonly #writtenMs: number;
  readonly #restored = { block: 0, allow: 0, grace: 0 };
  readonly #refused = { block: 0, allow: 0, grace: 0 };

  constructor(ports: RestorePorts, writtenMs: number) {
    this.#ports = ports;
    this.#writtenMs = writtenMs;
    this.#wall = new WallClock(ports.clock);
    this.#nowMs = ports.clock.wallMs();
  }

  all(store: StateStore): void {
    for (const entry of readState(store.read() ?? [], store.sha256())) {
      if (!this.#isOver(entry)) (this.#restore(entry) ? this.#restored : this.#refused)[entry.kind]++;
    }
    this.#ports.log.info(`restored ${spell(this.#restored)} from ${store.name}`);
    if (this.#refused.block + this.#refused.allow + this.#refused.grace === 0) return;
    this.#ports.log.warn(`no room for ${spell(this.#refused)} of ${store.name}: raise --max-blocks`);
  }

  #isOver(entry: StateEntry): boolean {
    if (entry.kind === 'grace') return entry.untilMs <= this.#nowMs;
    return entry.kind === 'block' && entry.expiryMs !== undefined && entry.expiryMs <= this.#nowMs;
  }

  #restore(entry: StateEntry): boolean {
    const { address, bits } = entry;
    const { allow, graces } = this.#ports;
    switch (entry.kind) {
      case 'allow':
        return allow.add({ address, bits, reason: 'command' });
      case 'grace':
        return graces.set({ address, bits, untilNs: this.#endNs(entry.untilMs, this.#writtenMs) });
      case 'block':
        return this.#block(entry);
    }
  }

  #block(entry: StateBlock): boolean {
    const { address, bits, isNet, ports, text } = entry;
    const { blocks, notes } = this.#ports;
    const block = this.#newBlock(entry);
    const isMade = addBlock(blocks, { source: address, bits, isNet }, block);
    // A block without its note is a block all the same.
    if (isMade && (ports.length > 0 || text !== '')) notes.set(entry, { ports, text });
    return isMade;
  }

  #newBlock({ startMs, expiryMs, reason, packets, bytes }: StateBlock): NewBlock {
    const startNs = this.#sinceBoot(Math.min(startMs, this.#nowMs));
    if (expiryMs === undefined) return { startNs, expiryNs: 0n, reason, packets, bytes };
    return { startNs, expiryNs: readBack(this.#endNs(expiryMs, startMs)), reason, packets, bytes };
  }

  /** A wall clock that was set back meanwhile makes nothing longer than it was to last at `fromMs`. */
  #endNs(endMs: number, fromMs: number): bigint {
    const leftMs = Math.min(endMs - this.#nowMs, Math.max(1, endMs - fromMs));
    return this.#wall.ns(this.#nowMs + leftMs);
  }

  /** What began before the machine did began with it: the program knows no earlier time. */
  #sinceBoot(timeMs: number): bigint {
    const timeNs = readBack(this.#wall.ns(timeMs));
    return timeNs > 0n ? timeNs : 0n;
  }
}

/** `120 blocks, 2 allowed and 1 grace`. */
function spell({ block, allow, grace }: Readonly<Record<StateEntry['kind'], number>>): string {
  const parts = [
    `${block} ${block === 1 ? 'block' : 'blocks'}`,
    ...(allow > 0 ? [`${allow} allowed`] : []),
    ...(grace > 0 ? [`${grace} ${grace === 1 ? 'grace' : 'graces'}`] : []),
  ];
  const last = parts.pop()!;
  return parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
}
