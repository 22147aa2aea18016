import { describe, expect, it } from 'vitest';
import { bootOf, done, plan, scan, test } from '../../test/fake.ts';
import { run } from '../../test/run.ts';
import { recordsOf } from '../matrix.ts';
import { take } from '../record.ts';
import { Terminal } from './terminal.ts';

function shown(isTTY: boolean, columns = 100) {
  const records = recordsOf([plan('5.10'), plan('6.x', { name: '6.x 2 CPUs' })]);
  const clock = { ms: 0 };
  let text = '';
  const screen = { write: (more: string) => (text += more), isTTY, columns, rows: 24 };
  const terminal = new Terminal(records, screen, () => clock.ms);
  const since = (): string => {
    const now = text;
    text = '';
    return now;
  };
  return { records, clock, terminal, since };
}

const begin = ({ records, clock, terminal }: ReturnType<typeof shown>): void => {
  const [record] = records;
  record!.resolved = { kernel: record!.cell.kernel, source: 'linux-image-5.10' };
  record!.startedMs = clock.ms;
  terminal.cell(record!, 'begins');
  take(record!, bootOf('5.10.0'));
};

const finish = ({ records, clock, terminal }: ReturnType<typeof shown>): void => {
  const [record] = records;
  record!.outcome = done;
  record!.endedMs = clock.ms;
  terminal.cell(record!, 'ends');
};

describe('elsewhere than on a terminal', () => {
  it('a line where something happens, and one each half minute', () => {
    const all = shown(false);
    all.terminal.progress('qemu', 'fetching\x1b[2J\u0007 linux-image-5.10');
    expect(all.since()).toBe('qemu: fetching  linux-image-5.10\n');
    begin(all);
    expect(all.since()).toBe('5.10: begins (linux-image-5.10)\n');
    all.clock.ms = 29_999;
    all.terminal.tick();
    expect(all.since()).toBe('');
    take(all.records[0]!, scan('native'));
    all.clock.ms = 30_000;
    all.terminal.tick();
    all.terminal.tick();
    expect(all.since()).toBe('still at it: 5.10 (1 test, 0:30); 0 of 2 cells have ended\n');
    take(all.records[0]!, test('failed'));
    all.clock.ms = 61_000;
    finish(all);
    expect(all.since()).toBe('5.10: 1:01 red, 1 passed, 1 failed, 0 skipped, 1 test failed\n');
  });
});

describe('on a terminal', () => {
  it('a line for each cell, drawn over the last ones', () => {
    const all = shown(true);
    all.terminal.progress('qemu', 'fetching linux-image-6.18');
    all.terminal.tick();
    expect(all.since().split('\n')).toEqual([
      '\x1b[2m·\x1b[0m 5.10               0 tests',
      '\x1b[2m·\x1b[0m 6.x 2 CPUs         0 tests',
      'qemu: fetching linux-image-6.18',
      '',
    ]);
    begin(all);
    take(all.records[0]!, test('passed', { name: 'x'.repeat(99) }));
    all.clock.ms = 75_000;
    all.terminal.tick();
    expect(all.since().split('\n')).toEqual([
      `\x1b[3A\r\x1b[J\x1b[2m▸\x1b[0m 5.10         1:15  1 test  ${'x'.repeat(50)}…`,
      '\x1b[2m·\x1b[0m 6.x 2 CPUs         0 tests',
      '',
    ]);
    finish(all);
    all.terminal.tick();
    expect(all.since()).toContain('\x1b[32m✓\x1b[0m 5.10         1:15  green, 1 passed, 0 failed, 0 skipped\n');
  });

  it('no line is longer than the terminal', () => {
    const all = shown(true, 30);
    begin(all);
    take(all.records[0]!, test('passed', { name: 'long '.repeat(20) }));
    all.terminal.tick();
    const plain = all.since().replace(/\p{Cc}\[\d*[a-zA-Z]/gu, '');
    expect(Math.max(...plain.split('\n').map((line) => line.length))).toBe(30);
  });
});

it('ends with the tables, what is wrong, and the figures', () => {
  let text = '';
  const screen = { write: (more: string) => (text += more), isTTY: false, columns: 80, rows: 24 };
  new Terminal(run.records, screen, () => 0).end(run, 'kernel-matrix/report.md');
  const lines = text.split('\n');
  expect(lines.slice(-3)).toEqual(['report: kernel-matrix/report.md', '4 passed, 6 failed', '']);
  expect(lines).toContain('5.10: red: 2 tests failed; left over: veth0');
  expect(lines).toContain('    Kernel panic - not syncing');
  expect(lines.find((line) => line.startsWith('7.x (gone'))).toMatch(/6\.18\.15 .* red/);
});
