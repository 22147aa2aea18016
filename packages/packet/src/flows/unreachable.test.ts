import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyFrame } from '../../test/arbitrary.ts';
import { runs } from '../../test/scale.ts';
import { parseAddress } from '../address.ts';
import { buildFrame } from '../build.ts';
import { readUnreachable } from './unreachable.ts';

const families = [
  ['ipv4', '192.0.2.1', '10.0.0.5', 3, 28],
  ['ipv6', '2001:db8:1::1', '2001:db8::5', 1, 48],
] as const;

it.each(families)('what could not be delivered is read (%s)', (kind, peer, host, type, quoted) => {
  const probe = buildFrame({
    network: { kind, source: peer, destination: host },
    transport: { kind: 'udp', sourcePort: 5, destinationPort: 161, payload: new Uint8Array(9) },
  });
  const message = (length: number, as: number = type) =>
    buildFrame({
      network: { kind, source: host, destination: peer },
      transport: { kind: 'icmp', type: as, code: 3, payload: probe.subarray(14, 14 + length) },
    });
  expect(readUnreachable(message(quoted))).toEqual({
    ...{ protocol: 17, destination: parseAddress(host), destinationPort: 161 },
  });
  expect(readUnreachable(message(quoted, 8))).toBeUndefined();
  expect(readUnreachable(message(20))).toBeUndefined();
  expect(readUnreachable(probe)).toBeUndefined();
});

it('any frame can be asked', () => {
  fc.assert(
    fc.property(anyFrame(), (frame) => {
      const found = readUnreachable(frame);
      if (found) expect(found.destination).toHaveLength(16);
    }),
    runs(2_000),
  );
});
