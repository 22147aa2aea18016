import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeSink } from '../test/fakes.ts';
import { textFormat } from './format-text.ts';
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
  unblock: { kind: 'unblock', ...told },
} as const;
const PATTERNS = {
  connection: [/New connection/, /Lost (\d+) connections? \(slow reader\)/],
  scan: [/Port scan detected/, /Lost (\d+) scans? \(slow reader\)/],
  block: [/: Blocked/, /Lost (\d+) blocks? \(slow reader\)/],
  unblock: [/: Unblocked/, /Lost (\d+) unblocks? \(slow reader\)/],
} as const;
const KINDS = ['connection', 'scan', 'block', 'unblock'] as const;

/** What a reader of the page would count. */
function onPage(lines: readonly string[], kind: (typeof KINDS)[number]): number {
  const [line, loss] = PATTERNS[kind];
  const lost = lines.map((text) => Number(loss.exec(text)?.[1] ?? 0)).reduce((a, b) => a + b, 0);
  return lines.filter((text) => line.test(text)).length + lost;
}

it('printed + lost = offered, in the books always, and on the page as soon as the reader takes lines again', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...KINDS)), fc.infiniteStream(fc.boolean()), (offered, mood) => {
      const sink = new FakeSink();
      sink.takes = () => mood.next().value as boolean;
      const output = new Output(sink, textFormat(), () => 0);
      for (const kind of offered) output.tell(EVENTS[kind]);
      const printed = Object.values(output.printed()).reduce((a, b) => a + b, 0);
      const lost = output.losses().reduce((sum, { count }) => sum + count, 0);
      expect(printed + lost).toBe(offered.length);
      sink.takes = () => true;
      expect(output.tellLost()).toBe(true);
      for (const kind of KINDS) expect(onPage(sink.lines, kind)).toBe(offered.filter((one) => one === kind).length);
    }),
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
