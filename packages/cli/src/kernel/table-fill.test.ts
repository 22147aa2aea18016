import { codecs } from '@scanward/map-codec';
import { expect, test } from 'vitest';
import { FakeMap } from '../../test/fake-map.ts';
import { KernelTableFill } from './table-fill.ts';

test.each(['little', 'big'] as const)(
  'the blocks that the program counts, and the sizes of the maps (%s)',
  (endian) => {
    const codec = codecs(endian);
    const sizes = { blocklist: 1, blocked: 50, blocked_nets: 60, allow: 70, sources: 2 };
    const list = Object.assign(new FakeMap(), { maxEntries: 1 });
    const maps = (name: keyof typeof sizes) =>
      name === 'blocklist' ? list : Object.assign(new FakeMap(), { maxEntries: sizes[name] });
    const fill = new KernelTableFill(maps, codec);
    expect(() => fill.read()).toThrow('no element');
    const some = { isTaken: 1, count: 7, spanBlocks: 3, spanStart: 4, nets: 2 };
    list.set(new Uint8Array(4), codec.blocklist.encode(some));
    expect(fill.read()).toEqual({ blocks: 7, nets: 2, max: { blocks: 50, nets: 60, allow: 70, sources: 8 } });
  },
);
