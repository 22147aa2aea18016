import type { BlockNote, NoteStore, Prefix } from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import { type Codecs, noteOf, noteValue } from '@scanward/map-codec';
import { withRoom } from './errno.ts';
import { prefixKey } from './trie.ts';

type NoteMap = Pick<BpfMap, 'get' | 'set' | 'delete' | 'getBatch'>;

/** Notes read by one call. */
const PER_BATCH = 1_024;

/** The `block_notes` map, which no program reads. */
export class KernelNoteStore implements NoteStore {
  readonly #map: NoteMap;
  readonly #codecs: Codecs;

  constructor(map: NoteMap, codecs: Codecs) {
    this.#map = map;
    this.#codecs = codecs;
  }

  get(prefix: Prefix): BlockNote | undefined {
    const value = this.#map.get(prefixKey(prefix, this.#codecs));
    return value && noteOf(this.#codecs.blockNote.decode(value));
  }

  /** Of a text that is too long the first whole characters are kept. */
  set(prefix: Prefix, note: BlockNote): boolean {
    return withRoom(() => {
      this.#map.set(prefixKey(prefix, this.#codecs), this.#codecs.blockNote.encode(noteValue(note)));
    });
  }

  remove(prefix: Prefix): boolean {
    return this.#map.delete(prefixKey(prefix, this.#codecs));
  }

  *entries(): Generator<Prefix & BlockNote> {
    const { prefixKey: keyCodec, blockNote } = this.#codecs;
    for (const { count, keys, values } of this.#map.getBatch(PER_BATCH)) {
      for (let i = 0; i < count; i++) {
        const { prefixBits, address } = keyCodec.decode(keys, i * keyCodec.size);
        yield { address, bits: prefixBits, ...noteOf(blockNote.decode(values, i * blockNote.size)) };
      }
    }
  }
}
