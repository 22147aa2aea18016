import { expect, test } from 'vitest';
import type { DaemonEvent } from './events.ts';
import { journalFormat } from './format-journal.ts';

const told = { timeMs: 0, source: '192.0.2.56', sourcePrefix: '192.0.2.56' };
const scan = { ...told, destination: '10.0.0.5', ports: [1] };

test.each<[number, DaemonEvent]>([
  [4, { kind: 'scan', ...scan, interface: 'e' }],
  [4, { kind: 'distributed scan', timeMs: 0, ports: [1], portsCount: 1, sourcesCount: 20, windowS: 1 }],
  [5, { kind: 'block', ...told, untilMs: undefined, reason: 'scan' }],
  [5, { kind: 'unblock', ...told, reason: 'scan' }],
  [
    5,
    {
      ...{ kind: 'scan end', ...scan, firstMs: 0, lastMs: 0, portsCount: 1 },
      ...{ open: undefined, openCount: 0, dropped: undefined },
    },
  ],
  [4, { kind: 'lost', timeMs: 0, what: 'scans', cause: 'ring full', count: 1 }],
  [6, { kind: 'connection', ...scan, sourcePort: 1, destinationPort: 2, interface: 'e' }],
])('priority %i', (priority, event) => {
  expect(journalFormat(({ kind }) => kind)(event)).toBe(`<${priority}>${event.kind}`);
});
