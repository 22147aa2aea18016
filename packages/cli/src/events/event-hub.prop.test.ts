import { type DaemonEvent, jsonFormat, readEvent } from '@scanward/daemon';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLIENT_WAITING_MAX, CLIENTS_MAX, type ClientStream, EventHub } from './event-hub.ts';
import { EventMemory } from './event-memory.ts';

const MAX = 5;
const told = { source: '192.0.2.56', sourcePrefix: '192.0.2.56' };
const connection = (timeMs: number): DaemonEvent => ({
  ...{ kind: 'connection', timeMs, source: '192.0.2.56', sourcePort: 1 },
  ...{ destination: '10.0.0.5', destinationPort: 2, interface: 'eth0' },
});
const unblock = (timeMs: number): DaemonEvent => ({ kind: 'unblock', timeMs, ...told, reason: 'scan' });
const lost = (timeMs: number): DaemonEvent => ({
  ...{ kind: 'lost', timeMs, what: 'connections', cause: 'ring full', count: 7 },
});
const makers = { connection, unblock, lost } satisfies Record<string, (timeMs: number) => DaemonEvent>;

/** A client that takes what it is sent only while it is awake. */
function newClient() {
  const got: string[] = [];
  const client = {
    writableLength: 0,
    isAwake: true,
    write(text: string) {
      got.push(text);
      if (!client.isAwake) client.writableLength += text.length;
    },
    lines: () => got.join('').split('\n').slice(0, -1),
  };
  return client satisfies ClientStream;
}
const isLive = (line: string) => line.includes('"action":"live"');

test('a client is told the last connections and the last others, in their order, and then what happens', () => {
  const kind = fc.constantFrom('connection' as const, 'unblock' as const, 'lost' as const);
  fc.assert(
    fc.property(fc.array(kind, { maxLength: 40 }), fc.array(kind, { maxLength: 9 }), (before, after) => {
      const hub = new EventHub(new EventMemory(MAX), () => 9_000);
      const events = before.map((what, i) => makers[what](i));
      for (const event of events) hub.take(event);
      const client = newClient();
      expect(hub.admit(client)).toBe(true);
      const live = after.map((what, i) => makers[what](1_000 + i));
      for (const event of live) hub.take(event);
      const last = (isConnection: boolean) =>
        events.filter((event) => (event.kind === 'connection') === isConnection).slice(-MAX);
      const remembered = [...last(true), ...last(false)];
      const kept = events.filter((event) => remembered.includes(event));
      const lines = client.lines();
      expect(isLive(lines[kept.length]!)).toBe(true);
      expect(lines.slice(0, kept.length)).toEqual(kept.map((event) => jsonFormat()(event)));
      // A loss is told as of when it is told.
      const now = live.map((event) => (event.kind === 'lost' ? { ...event, timeMs: 9_000 } : event));
      expect(lines.slice(kept.length + 1)).toEqual(now.map((event) => jsonFormat()(event)));
    }),
  );
});

test('of a client that is slow no more waits than may, and what it gets and what it is told it lost is all', () => {
  const size = jsonFormat()(connection(0)).length;
  const burst = fc.record({ isAwake: fc.boolean(), count: fc.constantFrom(1, 10, 3_000) });
  let slept = 0;
  fc.assert(
    fc.property(fc.array(burst, { maxLength: 8 }), (bursts) => {
      const hub = new EventHub(new EventMemory(MAX), () => 0);
      const [slow, quick] = [newClient(), newClient()];
      for (const client of [slow, quick]) hub.admit(client);
      let offered = 0;
      for (const { isAwake, count } of [...bursts, { isAwake: true, count: 0 }]) {
        slow.isAwake = isAwake;
        if (isAwake) {
          slow.writableLength = 0;
          hub.drained(slow);
        }
        for (let n = 0; n < count; n++) hub.take(connection(offered++));
        expect(slow.writableLength).toBeLessThan(CLIENT_WAITING_MAX + 2 * size);
      }
      const countOf = (line: string) => {
        const event = readEvent(line);
        if (event?.kind !== 'lost') return event ? 1 : 0;
        slept++;
        expect(event).toMatchObject({ what: 'connections', cause: 'slow reader' });
        return event.count;
      };
      expect(slow.lines().reduce((sum, line) => sum + countOf(line), 0)).toBe(offered);
      expect(quick.lines()).toHaveLength(offered + 1);
    }),
    { numRuns: 30 },
  );
  expect(slept).toBeGreaterThan(0);
});

test('there are so many clients at a time, and one that has gone is told nothing', () => {
  const hub = new EventHub(new EventMemory(), () => 0);
  const clients = Array.from({ length: CLIENTS_MAX }, newClient);
  for (const client of clients) expect(hub.admit(client)).toBe(true);
  const late = newClient();
  expect(hub.admit(late)).toBe(false);
  expect(late.lines()).toEqual([]);
  hub.gone(clients[0]!);
  hub.take(connection(1));
  expect(clients[0]!.lines()).toHaveLength(1);
  expect(hub.admit(late)).toBe(true);
});

test('what is remembered is cut to what may wait, the oldest first', () => {
  const hub = new EventHub(new EventMemory(20_000), () => 0);
  for (let n = 0; n < 10_000; n++) hub.take(connection(n));
  const client = newClient();
  client.isAwake = false;
  hub.admit(client);
  expect(client.writableLength).toBeLessThanOrEqual(CLIENT_WAITING_MAX);
  expect(client.writableLength).toBeGreaterThan(CLIENT_WAITING_MAX * 0.99);
  expect(client.lines().at(-2)).toBe(jsonFormat()(connection(9_999)));
});
