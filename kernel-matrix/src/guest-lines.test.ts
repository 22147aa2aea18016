import { expect, test } from 'vitest';
import { parseEvent } from './events.ts';
import { GuestLines } from './guest-lines.ts';
import type { GuestEvent } from './types.ts';

const passed: GuestEvent = { event: 'test', file: 'a.test.ts', name: 'größer', state: 'passed', ms: 3 };
const end: GuestEvent = { event: 'end' };
const text = (...events: GuestEvent[]) => Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));

function read(chunks: readonly Uint8Array[]) {
  const events: GuestEvent[] = [];
  const lines = new GuestLines((event) => events.push(event));
  for (const chunk of chunks) lines.add(chunk);
  lines.close();
  return { events, ended: lines.ended };
}

test('events come out whole, however they were cut: inside a line, inside a character', () => {
  const bytes = text(passed, end);
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    expect(read(chunks)).toEqual({ events: [passed, end], ended: true });
  }
});

test('garbage is a trouble, and what comes after it is read', () => {
  const { events, ended } = read([Buffer.from('\n{"event":"te\nok\n\n'), text(passed)]);
  expect(events.map(({ event }) => event)).toEqual(['trouble', 'trouble', 'test']);
  expect(ended).toBe(false);
});

test('a line that the end of the guest cut off is a trouble', () => {
  expect(read([text(passed), Buffer.from('{"event":"en')])).toEqual({
    events: [passed, { event: 'trouble', why: 'the guest wrote a line that is no event: {"event":"en' }],
    ended: false,
  });
  // Cut off before its newline only: nothing of it is missing.
  expect(read([Buffer.from('{"event":"end"}')]).ended).toBe(true);
});

test.each([
  '[]',
  'null',
  '1',
  '{}',
  '{"event":"toString"}',
  '{"event":"test","file":"a","name":"b","state":"passed"}',
  '{"event":"test","file":"a","name":"b","state":"maybe","ms":1}',
  '{"event":"ratio","what":"a","median":"1","low":1,"high":1}',
  '{"event":"right","rights":"none","user":"root","exitCode":"3","says":""}',
  '{"event":"boot","release":"6","version":"","arch":"x64","endian":"little","cpus":1,"node":"v20","features":null}',
])('%s is no event', (line) => {
  expect(parseEvent(line)).toBeUndefined();
});
