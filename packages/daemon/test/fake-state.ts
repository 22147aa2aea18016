import { createHash } from 'node:crypto';
import { addressKey, maskAddress } from '../src/addresses.ts';
import type {
  BlockNote,
  GraceEntry,
  GraceStore,
  NoteStore,
  Prefix,
  StateEntry,
  StateStore,
  Sha256,
} from '../src/index.ts';
import { readState } from '../src/state/state-reader.ts';

const key = ({ address, bits }: Prefix) => `${addressKey(maskAddress(address, bits))}/${bits}`;

export class FakeGraces implements GraceStore {
  readonly map = new Map<string, GraceEntry>();
  room = 65536;

  entries(): Iterable<GraceEntry> {
    return [...this.map.values()];
  }

  set(entry: GraceEntry): boolean {
    if (this.map.size >= this.room && !this.map.has(key(entry))) return false;
    this.map.set(key(entry), entry);
    return true;
  }

  remove(prefix: Prefix): boolean {
    return this.map.delete(key(prefix));
  }
}

export class FakeNotes implements NoteStore {
  readonly map = new Map<string, Prefix & BlockNote>();

  get(prefix: Prefix): BlockNote | undefined {
    return this.map.get(key(prefix));
  }

  set({ address, bits }: Prefix, { ports, text }: BlockNote): boolean {
    if (ports.length > 32) throw new Error('too many ports');
    this.map.set(key({ address, bits }), { address, bits, ports, text });
    return true;
  }

  remove(prefix: Prefix): boolean {
    return this.map.delete(key(prefix));
  }

  entries(): Iterable<Prefix & BlockNote> {
    return [...this.map.values()];
  }
}

export function sha256(): Sha256 {
  const hash = createHash('sha256');
  return {
    update: (text) => void hash.update(text, 'latin1'),
    digest: () => hash.digest('hex'),
  };
}

/** A file in memory. Lines are cut at their ends, as a real one's are. */
export class FakeStateStore implements StateStore {
  readonly name = '/var/lib/scanward/state.json';
  text: string | undefined;
  writes = 0;
  reads = 0;
  /** Called before each write; what it throws or rejects with is the write's failure. */
  beforeWrite: () => void | Promise<void> = () => undefined;
  setAsideError: Error | undefined;

  read(): Iterable<string> | undefined {
    this.reads++;
    return this.text?.match(/[^\n]*\n|[^\n]+$/g) ?? (this.text === undefined ? undefined : []);
  }

  async write(lines: Iterable<string>): Promise<void> {
    await this.beforeWrite();
    let text = '';
    for (const line of lines) {
      text += line;
      await Promise.resolve();
    }
    this.text = text;
    this.writes++;
  }

  setAside(): string {
    if (this.setAsideError) throw this.setAsideError;
    this.text = undefined;
    return `${this.name}.broken`;
  }

  sha256 = sha256;

  /** What it holds. */
  entries(): StateEntry[] {
    return [...readState(this.read() ?? [], sha256())];
  }
}
