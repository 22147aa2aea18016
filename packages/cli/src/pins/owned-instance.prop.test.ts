import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectSpec } from '@scanward/bpf-object';
import type { LoadedObject } from '@scanward/loader-native';
import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { layoutId } from './layout-id.ts';
import { OwnedInstance } from './owned-instance.ts';
import { mapPin } from './pin-name.ts';
import { PROGRAMS } from './pinned-set.ts';
import { Place } from './place.ts';

// The files are ordinary ones: of a BPF file system they differ in what they keep alive, not in how they are moved.
const killing = vi.hoisted(() => {
  const state = { left: Infinity };
  const step = () => {
    if (state.left-- <= 0) throw new Error('killed');
  };
  return { state, step };
});
vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>();
  const changing = ['mkdirSync', 'renameSync', 'rmdirSync', 'unlinkSync', 'writeFileSync'] as const;
  const wrapped = changing.map((name) => {
    const real = fs[name] as (...args: unknown[]) => unknown;
    const counted = (...args: unknown[]) => {
      killing.step();
      return real(...args);
    };
    return [name, counted] as const;
  });
  return { ...fs, ...Object.fromEntries(wrapped) };
});

const maps = ['policy', 'blocked', '.rodata'];
const spec = (layout: number) =>
  ({
    endian: 'little',
    maps: maps.map((name) => ({ name, type: layout, keySize: 4, valueSize: 4, flags: 0, mapExtra: 0, variables: [] })),
  }) as unknown as ObjectSpec;

/** An object whose pins are files that say which one it was. */
function objectOf(generation: string): LoadedObject {
  const pin = (path: string) => {
    writeFileSync(path, generation);
  };
  return {
    maps: Object.fromEntries(maps.map((name) => [name, { pin }])),
    programs: Object.fromEntries(PROGRAMS.map((name) => [name, { pin }])),
  } as unknown as LoadedObject;
}

let place: Place;
beforeEach(() => {
  killing.state.left = Infinity;
  place = new Place(mkdtempSync(join(tmpdir(), 'scanward-owned-')), 'wan');
  return () => {
    killing.state.left = Infinity;
    rmSync(place.bpffs, { recursive: true });
  };
});

/** Which object's whole set there is of a layout; an error when it is not whole. */
function wholeOf(layout: number): string | undefined {
  const folder = place.set(layoutId(spec(layout)));
  if (!existsSync(folder)) return undefined;
  const files = [...maps.map((name) => `maps/${mapPin(name)}`), ...PROGRAMS.map((name) => `programs/${name}`)];
  const made = new Set(files.map((file) => readFileSync(join(folder, file), 'utf8')));
  expect(made.size).toBe(1);
  return [...made][0];
}

/** Does something in which a kill comes after so many changes; true when it came. */
function killedAfter(steps: number, body: (owned: OwnedInstance) => void): boolean {
  const owned = OwnedInstance.take(place);
  killing.state.left = steps;
  let isKilled = false;
  try {
    body(owned);
  } catch (error) {
    isKilled = true;
    expect(error).toMatchObject({ message: 'killed' });
  }
  // The dead change nothing any more; their lock is gone.
  if (isKilled) killing.state.left = 0;
  owned.close();
  killing.state.left = Infinity;
  return isKilled;
}

const start = (generation: string, layout: number) => (owned: OwnedInstance) => {
  owned.keepAll(objectOf(generation), spec(layout));
  owned.settle(spec(layout));
};

function again(): OwnedInstance {
  return OwnedInstance.take(place);
}

test('whenever a kill comes in a first start, the next one finds nothing or a whole set', () => {
  for (let steps = 0; ; steps++) {
    const isKilled = killedAfter(steps, start('first', 1));
    again().close();
    expect([undefined, 'first']).toContain(wholeOf(1));
    expect(existsSync(place.partial)).toBe(false);
    if (!isKilled) return;
  }
});

test('whenever a kill comes in a replacement, there is the old set, or the new one; of one layout never none', () => {
  for (const [layout, other] of [
    [1, 1],
    [1, 2],
  ] as const) {
    for (let steps = 0; ; steps++) {
      killedAfter(Infinity, start('first', layout));
      const isKilled = killedAfter(steps, start('second', other));
      again().close();
      const found = [...new Set([wholeOf(layout), wholeOf(other)])].filter((made) => made !== undefined);
      expect(['first', 'second', 'first,second']).toContain(found.sort().join());
      killedAfter(Infinity, (owned) => {
        owned.detach();
      });
      if (!isKilled) break;
    }
  }
});

test('whenever a kill comes in a removal, what is left is whole or rubbish, and the next removal leaves nothing', () => {
  for (let steps = 0; ; steps++) {
    killedAfter(Infinity, start('first', 1));
    mkdirSync(place.links, { recursive: true });
    writeFileSync(join(place.links, 'eth0'), '');
    const isKilled = killedAfter(steps, (owned) => {
      owned.detach();
    });
    again().close();
    // Links go first: nobody is watched by a program whose maps cannot be reached.
    if (existsSync(join(place.links, 'eth0'))) expect(wholeOf(1)).toBe('first');
    expect([undefined, 'first']).toContain(wholeOf(1));
    killedAfter(Infinity, (owned) => {
      owned.detach();
    });
    expect(readdirSync(place.bpffs)).toEqual([]);
    if (!isKilled) return;
  }
});

test('whatever kills came before, a start and a removal bring order', () => {
  const step = fc.record({
    kind: fc.constantFrom('start', 'detach'),
    layout: fc.constantFrom(1, 2),
    steps: fc.nat(30),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (all) => {
      all.forEach(({ kind, layout, steps }, i) => {
        killedAfter(steps, kind === 'start' ? start(`${i}`, layout) : (owned) => void owned.detach());
        const owned = again();
        for (const one of [1, 2]) wholeOf(one);
        owned.close();
      });
      expect(killedAfter(Infinity, start('last', 1))).toBe(false);
      expect([wholeOf(1), wholeOf(2)]).toEqual(['last', undefined]);
      expect(readdirSync(place.folder)).toEqual([layoutId(spec(1))]);
      killedAfter(Infinity, (owned) => void owned.detach());
      expect(readdirSync(place.bpffs)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('a start that is undone leaves what was there', () => {
  killedAfter(Infinity, start('first', 1));
  for (const layout of [1, 2]) {
    const owned = again();
    owned.keepAll(objectOf('second'), spec(layout));
    expect(wholeOf(layout)).toBe('second');
    owned.revert();
    owned.close();
    expect([wholeOf(1), wholeOf(2)]).toEqual(['first', undefined]);
    expect(readdirSync(place.folder)).toEqual([layoutId(spec(1))]);
  }
});
