import { expect, test } from 'vitest';
import { type Crossed, Doubt } from './doubt.ts';

const SECOND = 1e9;
const crossing = (id: string, seconds: number, ports: number[], isProven = false): Crossed => ({
  id,
  timeNs: 1e12 + seconds * SECOND,
  ports,
  isProven,
});

test('one alone is certain, and so are a few with ports of their own', () => {
  const doubt = new Doubt();
  for (let i = 0; i < 10; i++) {
    const said = doubt.crossed(crossing(`s${i}`, i / 10, [i, i + 1, i + 2, i + 3]));
    expect(said).toEqual({ isUncertain: false, isDecoy: false, revised: [] });
  }
});

test('the same ports at the same time: a group of decoys; who was certain before is so no more', () => {
  const doubt = new Doubt();
  expect(doubt.crossed(crossing('a', 0, [22, 80, 443, 8]))).toMatchObject({ isUncertain: false });
  expect(doubt.crossed(crossing('b', 0.1, [22, 80, 443, 8]))).toEqual({
    isUncertain: true,
    isDecoy: true,
    revised: [{ id: 'a', isDecoy: true }],
  });
  expect(doubt.crossed(crossing('c', 0.2, [22, 80, 443, 8]))).toEqual({
    isUncertain: true,
    isDecoy: true,
    revised: [],
  });
  expect(doubt.crossed(crossing('d', 3, [22, 80, 443, 8]))).toMatchObject({ isUncertain: false, isDecoy: false });
});

test('who has completed a handshake is certain among decoys, whenever he crosses', () => {
  for (const order of [
    [true, false, false],
    [false, true, false],
    [false, false, true],
  ]) {
    const doubt = new Doubt();
    const uncertain = new Set<string>();
    order.forEach((isProven, i) => {
      const said = doubt.crossed(crossing(isProven ? 'true' : `decoy${i}`, i / 10, [1, 2, 3, 4], isProven));
      if (said.isUncertain) uncertain.add(isProven ? 'true' : `decoy${i}`);
      for (const { id } of said.revised) uncertain.add(id);
    });
    expect(uncertain.has('true')).toBe(false);
    expect(uncertain.size).toBe(2);
  }
});

test('more than ten within ten seconds are a flood: all of it is uncertain, what came before too', () => {
  const doubt = new Doubt();
  const all = Array.from({ length: 30 }, (_, i) =>
    doubt.crossed(crossing(`s${i}`, i / 3, [i, i + 1, i + 2, i + 3], i === 20)),
  );
  expect(all.slice(0, 10).every(({ isUncertain }) => !isUncertain)).toBe(true);
  expect(all[10]).toEqual({
    isUncertain: true,
    isDecoy: false,
    revised: Array.from({ length: 10 }, (_, i) => ({ id: `s${i}`, isDecoy: false })),
  });
  expect(all.slice(11).map(({ isUncertain }) => isUncertain)).toEqual(Array.from({ length: 19 }, (_, i) => i !== 9));
  expect(doubt.crossed(crossing('later', 60, [1, 2, 3, 4]))).toMatchObject({ isUncertain: false });
});

test('one source that crosses again and again is no crowd', () => {
  const doubt = new Doubt();
  for (let i = 0; i < 50; i++) expect(doubt.crossed(crossing('a', i / 10, [1, 2, 3, 4])).isUncertain).toBe(false);
});
