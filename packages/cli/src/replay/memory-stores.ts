import {
  type BlockNote,
  formatPrefix,
  type GraceEntry,
  type GraceStore,
  type NoteStore,
  type Prefix,
} from '@scanward/daemon';
import type { Graces } from '@scanward/detector';

const keyOf = ({ address, bits }: Prefix): string => formatPrefix(address, bits);

/** The notes on blocks. */
export class MapNotes implements NoteStore {
  readonly #notes = new Map<string, Prefix & BlockNote>();

  get(prefix: Prefix): BlockNote | undefined {
    return this.#notes.get(keyOf(prefix));
  }

  set({ address, bits }: Prefix, { ports, text }: BlockNote): boolean {
    this.#notes.set(keyOf({ address, bits }), { address: Uint8Array.from(address), bits, ports, text });
    return true;
  }

  remove(prefix: Prefix): boolean {
    return this.#notes.delete(keyOf(prefix));
  }

  entries(): Iterable<Prefix & BlockNote> {
    return [...this.#notes.values()];
  }
}

/** The graces of the model, with a list of them beside. */
export class MapGraces implements GraceStore {
  readonly #graces: Graces;
  readonly #entries = new Map<string, GraceEntry>();

  constructor(graces: Graces) {
    this.#graces = graces;
  }

  entries(): Iterable<GraceEntry> {
    return [...this.#entries.values()];
  }

  set(entry: GraceEntry): boolean {
    this.#entries.set(keyOf(entry), entry);
    this.#graces.set(entry, entry.untilNs);
    return true;
  }

  remove(prefix: Prefix): boolean {
    this.#graces.delete(prefix);
    return this.#entries.delete(keyOf(prefix));
  }
}
