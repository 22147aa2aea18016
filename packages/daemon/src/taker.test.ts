import { expect, it } from 'vitest';
import { FakeSink } from '../test/fakes.ts';
import type { DaemonEvent } from './events.ts';
import { textFormat } from './format-text.ts';
import { LineLimit } from './line-limit.ts';
import { Output } from './output.ts';

const told = { timeMs: 0, source: '192.0.2.56', sourcePrefix: '192.0.2.56' };
const unblock = { kind: 'unblock', ...told, reason: 'scan' } as const;

it('a taker hears what the limits let through and what was lost, whether or not the reader takes it', () => {
  const [sink, heard] = [new FakeSink(), [] as DaemonEvent[]];
  const lines = new LineLimit({ perSource: 2 }, () => 0n);
  const output = new Output(sink, textFormat(), () => 0, { lines, taker: { take: (event) => heard.push(event) } });
  sink.takes = () => false;
  output.tell(unblock);
  output.lost('scans', 'ring full', 3);
  sink.takes = () => true;
  output.tell({ ...unblock, timeMs: 1 });
  output.tell({ ...unblock, timeMs: 2 });
  output.tellLost(true);
  const lost = { kind: 'lost', timeMs: 0 } as const;
  expect(heard).toEqual([
    unblock,
    { ...lost, what: 'scans', cause: 'ring full', count: 3 },
    { ...unblock, timeMs: 1 },
    { ...lost, what: 'unblocks', cause: 'line limit', count: 1 },
  ]);
  expect(sink.lines).toHaveLength(4);
});
