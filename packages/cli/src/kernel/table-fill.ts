import type { BpfMap } from '@scanward/loader-native';
import { type Codecs, SOURCES_PER_SET } from '@scanward/map-codec';
import { arrayKey } from './array-key.ts';

/** How full the program's tables are, as far as that is known without walking through them, and how large they are. */
export interface TableFill {
  /** Sources that are blocked, those that the daemon is about to end too. */
  readonly blocks: number;
  readonly nets: number;
  readonly max: { readonly blocks: number; readonly nets: number; readonly allow: number; readonly sources: number };
}

/** Reads it. */
export interface TableFillSource {
  read(): TableFill;
}

type Maps = (
  name: 'blocklist' | 'blocked' | 'blocked_nets' | 'allow' | 'sources',
) => Pick<BpfMap, 'get' | 'maxEntries'>;

/** The program counts its blocks itself: one lookup, however many there are. */
export class KernelTableFill implements TableFillSource {
  readonly #map: Maps;
  readonly #codecs: Codecs;
  readonly #key: Uint8Array;

  constructor(map: Maps, codecs: Codecs) {
    this.#map = map;
    this.#codecs = codecs;
    this.#key = arrayKey(0, codecs.blocklist.endian);
  }

  read(): TableFill {
    const bytes = this.#map('blocklist').get(this.#key);
    if (!bytes) throw new Error('the blocklist map has no element');
    const { count, nets } = this.#codecs.blocklist.decode(bytes);
    const size = (name: Parameters<Maps>[0]) => this.#map(name).maxEntries;
    const max = {
      ...{ blocks: size('blocked'), nets: size('blocked_nets') },
      ...{ allow: size('allow'), sources: size('sources') * SOURCES_PER_SET },
    };
    return { blocks: count, nets, max };
  }
}
