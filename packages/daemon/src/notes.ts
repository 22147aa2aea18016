import { PORTS_MAX } from '@scanward/map-codec';
import type { Blocklist } from './blocklist.ts';
import type { BlockStore, NoteStore, Prefix } from './ports.ts';

/** Looked at in one pass. */
const PER_PASS = 4_096;

/** The notes that say why somebody is blocked: one for each block, as long as it is there. */
export class Notes {
  readonly #notes: NoteStore;
  readonly #blocks: BlockStore;
  readonly #list: Blocklist;
  #rest: Iterator<Prefix> | undefined;

  constructor(notes: NoteStore, blocks: BlockStore, list: Blocklist) {
    this.#notes = notes;
    this.#blocks = blocks;
    this.#list = list;
  }

  /** Of a scan. A full table costs the note and nothing else. */
  write(prefix: Prefix, ports: readonly number[]): void {
    this.#notes.set(prefix, { ports: ports.slice(0, PORTS_MAX), text: '' });
  }

  /** A block of this prefix has ended. A source and a net may be of the same prefix, and share the note. */
  drop(prefix: Prefix): void {
    if (!this.#list.holds(prefix)) this.#notes.remove(prefix);
  }

  /** Removes notes that have outlived their block; some thousands are looked at in one pass, the others in the next ones. */
  sweep(): void {
    this.#rest ??= this.#notes.entries()[Symbol.iterator]();
    for (let i = 0; i < PER_PASS; i++) {
      const { done, value } = this.#rest.next() as IteratorResult<Prefix, undefined>;
      if (done) {
        this.#rest = undefined;
        return;
      }
      if (!this.#isBlocked(value)) this.#notes.remove(value);
    }
  }

  /** What a command wrote since the last reconciliation is not known yet. */
  #isBlocked(prefix: Prefix): boolean {
    if (this.#list.holds(prefix) || this.#blocks.getNet(prefix)) return true;
    return this.#blocks.get(prefix.address)?.bits === prefix.bits;
  }
}
