import { expect, test } from 'vitest';
import { parseSince } from './since.ts';

process.env['TZ'] = 'Europe/Berlin';

test.each([
  ['24h', { agoMs: 86_400_000 }],
  ['1m30s', { agoMs: 90_000 }],
  ['2026-11-23', { atMs: Date.UTC(2026, 10, 22, 23) }],
  ['2026-11-23 08:00', { atMs: Date.UTC(2026, 10, 23, 7) }],
  ['2026-11-23T08:00:07Z', { atMs: Date.UTC(2026, 10, 23, 8, 0, 7) }],
])('%s', (text, since) => {
  expect(parseSince(text)).toEqual(since);
});

test.each(['', '24', 'yesterday', '2026-02-31', '2026-13-01', '2026-11-23T25:00', '2026-11-23T08', '0s', '1d', '-1h'])(
  '%s is refused',
  (text) => {
    expect(() => parseSince(text)).toThrow(/^'.*' (?:is neither a duration nor a time: write 24h|must be from)/);
  },
);
