import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePrefix } from '../flags/prefix.ts';
import { keyOf, type Keypress } from './keys.ts';
import { press, type Shown } from './press.ts';
import type { Row } from './rows.ts';
import { indexOf, INITIAL_UI, type Ui } from './ui.ts';

const typed = fc
  .constantFrom(...Array.from('qsrjkgGbuap ?yYnN'))
  .map((sequence): Keypress => ({ sequence, name: sequence }));
const named = fc
  .constantFrom('up', 'down', 'left', 'right', 'tab', 'pageup', 'pagedown', 'home', 'end', 'escape')
  .map((name): Keypress => ({ name }));
const anything: fc.Arbitrary<Keypress> = fc.record(
  { name: fc.string(), sequence: fc.string({ unit: 'binary' }), ctrl: fc.boolean(), meta: fc.boolean() },
  { requiredKeys: [] },
);
const prototype = fc
  .constantFrom('constructor', '__proto__', 'toString')
  .map((name): Keypress => ({ name, sequence: name }));
const keypress = fc.oneof(typed, named, anything, prototype);

const row = fc.nat(30).map((n): Row => ({ name: `192.0.2.${n}`, prefix: parsePrefix(`192.0.2.${n}`) }));
const rows = fc.uniqueArray(row, { maxLength: 30, selector: ({ name }) => name });
const shown: fc.Arbitrary<Shown> = fc.record({
  rows: fc.record({ sources: rows, blocks: rows }),
  page: fc.integer({ min: 1, max: 50 }),
  lasts: fc.constantFrom('for 1h', 'for ever'),
});

/** Rows come and go between any two keys. */
const story = fc.array(fc.tuple(keypress, shown), { maxLength: 60 });

test('whatever is pressed, nothing breaks; what is changed was asked about by name before, and answered by yes', () => {
  fc.assert(
    fc.property(story, (steps) => {
      let ui: Ui = INITIAL_UI;
      for (const [pressed, on] of steps) {
        const key = keyOf(pressed);
        const { question } = ui;
        const next = press(ui, key, on);
        if (next.effect?.do === 'change') {
          expect(key).toBe('yes');
          expect(next.effect.wish).toBe(question?.wish);
        }
        if (question) expect(next.ui.question).toBe(key === 'interrupt' ? question : undefined);
        else if (next.ui.question) {
          const { wish, text } = next.ui.question;
          const there = on.rows[ui.pane].find(({ prefix }) => prefix === wish.prefix);
          expect(text).toContain(` ${there?.name ?? 'nobody'}`);
        }
        expect(next.effect?.do === 'quit').toBe(key === 'interrupt' || (key === 'quit' && !question));
        ui = next.ui;
        for (const pane of ['sources', 'blocks'] as const) {
          const at = indexOf(ui.cursors[pane], on.rows[pane]);
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThan(Math.max(1, on.rows[pane].length));
        }
      }
    }),
  );
});

test('the selection stays with its row wherever that is sorted to', () => {
  fc.assert(
    fc.property(rows, fc.nat(29), fc.integer(), (there, downs, seed) => {
      let ui: Ui = INITIAL_UI;
      const on = (sources: readonly Row[]): Shown => ({ rows: { sources, blocks: [] }, page: 5, lasts: '' });
      for (let i = 0; i < downs; i++) ui = press(ui, 'down', on(there)).ui;
      const selected = there[indexOf(ui.cursors.sources, there)];
      const turn = there.length === 0 ? 0 : Math.abs(seed) % there.length;
      const sorted = [...there.slice(turn), ...there.slice(0, turn)];
      if (downs > 0) expect(sorted[indexOf(ui.cursors.sources, sorted)]).toBe(selected);
    }),
  );
});

test('orders come round, and r turns them', () => {
  const on: Shown = { rows: { sources: [], blocks: [] }, page: 5, lasts: '' };
  const orders = (keys: readonly ('sort' | 'reverse' | 'pane')[]) =>
    keys.reduce<Ui>((ui, key) => press(ui, key, on).ui, INITIAL_UI).orders;
  expect(orders(['sort']).sources).toEqual({ by: 'seen', reverse: false });
  expect(orders(['sort', 'sort', 'sort'])).toEqual(INITIAL_UI.orders);
  expect(orders(['pane', 'sort', 'reverse'])).toEqual({ ...INITIAL_UI.orders, blocks: { by: 'left', reverse: true } });
});
