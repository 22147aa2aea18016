import { expect, test } from 'vitest';
import { classify, tailOf } from './death.ts';

const ended = { how: 'ended' } as const;
const panic = '[   12.345678][    T1] Kernel panic - not syncing: sysrq triggered crash';

test('what said that it is through, and ended, is done', () => {
  expect(classify(ended, 'a log\n', true)).toEqual({ death: 'done', tail: [] });
});

test('a panic is one however it ended, and its line is in the tail though much came after it', () => {
  for (const end of [ended, { how: 'limit', why: 'x' }, { how: 'failed', why: 'x' }] as const)
    for (const through of [true, false]) expect(classify(end, `a\r\n${panic}\r\n`, through).death).toBe('panic');
  const long = `${panic}\n${'trace\n'.repeat(50)}`;
  expect(classify(ended, long, false).tail).toEqual([panic, ...Array<string>(20).fill('trace')]);
  expect(classify(ended, `a\n${panic}\r\nb\n`, false).tail).toEqual(['a', panic, 'b']);
  const bug = '[   12.000000] BUG: kernel NULL pointer dereference, address: 0000000000000000';
  expect(classify(ended, `${bug}\n${long}`, false).tail.slice(0, 3)).toEqual([bug, panic, 'trace']);
});

test('a test that speaks of a panic is none', () => {
  expect(classify(ended, 'ok: survives a Kernel panic - not syncing\n', true).death).toBe('done');
});

test('a limit, a failure of QEMU, and silence say what they are', () => {
  expect(classify({ how: 'limit', why: 'ended after 20 s' }, 'a\n', false)).toEqual({
    death: 'timeout',
    tail: ['a', 'ended after 20 s'],
  });
  expect(classify({ how: 'failed', why: 'QEMU: no such file\nand more' }, '', false)).toEqual({
    death: 'driver',
    tail: ['QEMU: no such file', 'and more'],
  });
  expect(classify(ended, 'a\n', false).death).toBe('no result');
});

test('the tail is what a person would read', () => {
  expect(tailOf('\u001b[31mred\u001b[0m  \r\n\n\r\nlast')).toEqual(['red', 'last']);
  expect(tailOf('line\n'.repeat(100))).toHaveLength(20);
});
