import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ip } from '../../test/fakes.ts';
import { contains } from '../addresses.ts';
import { type Passage, RecentConnections } from './recent-connections.ts';

/** With keys like these all sources share a few chains. */
const OPTIONS = { ipv6Prefix: 48, keys: [0n, 0n, 0n, 0n] };

const address = fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.1', '2001:db8::1', '2001:db8::2', '2001:db9::1');
const passage = fc.constantFrom('tcp' as const, 'udp' as const, 'handshake' as const);
const connection = fc.record({ from: address, passage, port: fc.nat(65_535), waitNs: fc.nat(400_000_000) });

it('finds the last ones of a source since a time, the newest first', () => {
  let found = 0;
  fc.assert(
    fc.property(
      ...[fc.array(connection, { maxLength: 60, size: 'max' }), address, fc.constantFrom(48, 64, 128)],
      ...[fc.nat(10_000_000_000), fc.integer({ min: 1, max: 40 })],
      (story, of, ipv6Bits, sinceNs, max) => {
        const bits = of.includes(':') ? ipv6Bits : 128;
        const recent = new RecentConnections({ ...OPTIONS, max });
        const slow: { from: Uint8Array; port: number; timeNs: number; how: Passage }[] = [];
        let timeNs = 0;
        for (const { from, port, waitNs, passage: how } of story) {
          timeNs += waitNs;
          const bytes = new Uint8Array(20);
          bytes.set(ip(from), 3);
          recent.note(bytes, 3, port, timeNs, how);
          slow.unshift({ from: ip(from), port, timeNs, how });
        }
        const seen: { port: number; timeNs: number; how: Passage }[] = [];
        recent.visit(ip(of), bits, sinceNs, (port, at, how) => seen.push({ port, timeNs: at, how }));
        const mine = slow.slice(0, max).filter((one) => contains({ address: ip(of), bits }, one.from));
        expect(seen).toEqual(
          mine.filter((one) => one.timeNs > sinceNs).map(({ port, timeNs: at, how }) => ({ port, timeNs: at, how })),
        );
        found += seen.length;
      },
    ),
    { numRuns: 400 },
  );
  expect(found).toBeGreaterThan(100);
});

it('knows a time that is a little out of order', () => {
  const recent = new RecentConnections({ ...OPTIONS, max: 8 });
  const bytes = ip('192.0.2.1');
  for (const [port, timeNs] of [
    [1, 5e9],
    [2, 4.9e9],
    [3, 5.1e9],
  ] as const)
    recent.note(bytes, 0, port, timeNs, 'tcp');
  const ports: number[] = [];
  recent.visit(bytes, 128, 4.95e9, (port) => ports.push(port));
  expect(ports).toEqual([3, 1]);
});
