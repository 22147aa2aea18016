import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeSink } from '../test/fakes.ts';
import { ConnectionLimit } from './connection-limit.ts';
import { textFormat } from './format-text.ts';
import { LineLimit } from './line-limit.ts';
import { Output } from './output.ts';

const told = { timeMs: 0, source: '192.0.2.56', sourcePrefix: '192.0.2.56' };
const EVENTS = {
  connection: {
    kind: 'connection',
    ...told,
    sourcePort: 1,
    destination: '10.0.0.5',
    destinationPort: 2,
    interface: 'e',
  },
  scan: { kind: 'scan', ...told, destination: '10.0.0.5', ports: [1], interface: 'e' },
  block: { kind: 'block', ...told, untilMs: undefined, reason: 'scan' },
  'scan end': {
    kind: 'scan end',
    ...{ ...told, destination: '10.0.0.5', firstMs: 0, lastMs: 0, ports: [1], portsCount: 1 },
    ...{ open: undefined, openCount: 0, dropped: undefined },
  },
  unblock: { kind: 'unblock', ...told, reason: 'scan' },
} as const;
const PATTERNS = {
  connection: [/New connection/, /Lost (\d+) connections? \((?:slow reader|line limit)\)/],
  scan: [/Port scan detected/, /Lost (\d+) scans? \((?:slow reader|line limit)\)/],
  'scan end': [/Port scan ended/, /Lost (\d+) scan ends? \((?:slow reader|line limit)\)/],
  block: [/: Blocked/, /Lost (\d+) blocks? \((?:slow reader|line limit)\)/],
  unblock: [/: Unblocked/, /Lost (\d+) unblocks? \((?:slow reader|line limit)\)/],
} as const;
const KINDS = ['connection', 'scan', 'scan end', 'block', 'unblock'] as const;

/** What a reader of the page would count. */
function onPage(lines: readonly string[], kind: (typeof KINDS)[number]): number {
  const [line, loss] = PATTERNS[kind];
  const lost = lines.map((text) => Number(loss.exec(text)?.[1] ?? 0)).reduce((a, b) => a + b, 0);
  return lines.filter((text) => line.test(text)).length + lost;
}

it('printed + lost = offered, in the books always, and on the page as soon as the reader takes lines again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...KINDS), { maxLength: 40, size: 'max' }),
      fc.infiniteStream(fc.boolean()),
      (offered, mood) => {
        const sink = new FakeSink();
        sink.takes = () => mood.next().value as boolean;
        const limits = {
          lines: new LineLimit({ perSource: 9 }, () => 0n),
          connections: new ConnectionLimit(5, () => 0n),
        };
        const output = new Output(sink, textFormat(), () => 0, limits);
        for (const kind of offered) if (kind !== 'connection' || output.admitsConnection()) output.tell(EVENTS[kind]);
        const printed = Object.values(output.printed()).reduce((a, b) => a + b, 0);
        const lost = output.losses().reduce((sum, { count }) => sum + count, 0);
        expect(printed + lost).toBe(offered.length);
        sink.takes = () => true;
        expect(output.tellLost(true)).toBe(true);
        for (const kind of KINDS) expect(onPage(sink.lines, kind)).toBe(offered.filter((one) => one === kind).length);
      },
    ),
  );
});

it('tells the loss where the gap is, before the next line', () => {
  const sink = new FakeSink();
  const output = new Output(sink, textFormat(), () => 0);
  output.tell(EVENTS.unblock);
  sink.takes = () => false;
  output.tell(EVENTS.connection);
  output.tell(EVENTS.connection);
  sink.takes = () => true;
  output.tell(EVENTS.scan);
  expect(sink.lines.map((line) => line.slice(21).split(' ').slice(0, 3).join(' '))).toEqual([
    'Unblocked 192.0.2.56',
    'Lost 2 connections',
    'Port scan detected:',
  ]);
  expect(output.losses()).toEqual([{ what: 'connections', cause: 'slow reader', count: 2 }]);
});

describe('the limit of lines', () => {
  function limited(perSource: number, connections = Infinity) {
    const [sink, state] = [new FakeSink(), { nowNs: 0n }];
    const nowNs = () => state.nowNs;
    const limits = { lines: new LineLimit({ perSource }, nowNs), connections: new ConnectionLimit(connections, nowNs) };
    return { sink, state, output: new Output(sink, textFormat(), () => 0, limits) };
  }

  it('is no limit of connections, nor of what the operator does', () => {
    const { sink, output } = limited(0);
    output.tell(EVENTS.connection);
    output.tell({ ...EVENTS.block, reason: 'operator' });
    output.tell({ ...EVENTS.unblock, reason: 'operator' });
    expect(sink.lines).toHaveLength(3);
  });

  it('of connections leaves out the others only, and is told once a minute', () => {
    const { sink, state, output } = limited(9, 2);
    for (let second = 0; second < 62; second++) {
      output.look();
      for (let n = 0; n < 2; n++) if (output.admitsConnection()) output.tell(EVENTS.connection);
      state.nowNs += 1_000_000_000n;
      output.tellLost();
    }
    expect(sink.lines.map((line) => line.slice(21).replace(/:.*/, ''))).toEqual([
      ...['New connection', 'New connection'],
      'Lost 120 connections (line limit)',
      'New connection',
      'New connection',
    ]);
    expect(output.losses()).toEqual([{ what: 'connections', cause: 'line limit', count: 120 }]);
  });

  it('says once a minute what it left out', () => {
    const { sink, state, output } = limited(2);
    for (let second = 0; second < 150; second++) {
      output.tell(EVENTS.scan);
      output.tell(EVENTS['scan end']);
      state.nowNs += 1_000_000_000n;
      output.tellLost();
    }
    expect(sink.lines.map((line) => line.slice(21).replace(/:.*/, ''))).toEqual([
      ...['Port scan detected', 'Port scan ended'], // and again a minute later
      ...['Port scan detected', 'Port scan ended'],
      ...['Lost 59 scans (line limit)', 'Lost 59 scan ends (line limit)'],
      ...['Port scan detected', 'Port scan ended'],
      ...['Lost 59 scans (line limit)', 'Lost 59 scan ends (line limit)'],
    ]);
  });
});
