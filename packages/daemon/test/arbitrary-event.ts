import fc from 'fast-check';
import { formatAddress, formatPrefix } from '../src/addresses.ts';
import type { ConnectionEvent, DaemonEvent } from '../src/events.ts';

const octets = fc.uint8Array({ minLength: 16, maxLength: 16 });
const bytes = fc.oneof(
  octets,
  octets.map((all) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...all.slice(12))),
);
const address = bytes.map((all) => formatAddress(all));
const port = fc.nat(65535);
const timeMs = fc.integer({ min: 0, max: 4e12 });
/** Interface names are chosen by people: quotes, backslashes, line ends. */
const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 15 }), fc.constant('a"b\\\n'));
const source = fc
  .tuple(bytes, fc.constantFrom(64, 128))
  .map(([all, bits]) => ({ source: formatAddress(all), sourcePrefix: formatPrefix(all, bits) }));

export const connection: fc.Arbitrary<ConnectionEvent> = fc.record({
  kind: fc.constant('connection' as const),
  timeMs,
  ...{ source: address, sourcePort: port, destination: address, destinationPort: port, interface: name },
});
const labels = {
  probeKind: fc.constantFrom('syn' as const, 'udp' as const, undefined),
  shape: fc.constantFrom('slow' as const, 'horizontal' as const, undefined),
  addressesCount: fc.option(fc.nat(), { nil: undefined }),
  attribution: fc.constantFrom('certain' as const, 'uncertain' as const, undefined),
};
const count = fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) });
const rare: fc.Arbitrary<DaemonEvent> = fc.oneof(
  fc
    .record({
      ...{ timeMs, destination: address, ports: fc.array(port), interface: fc.option(name, { nil: undefined }) },
      ...labels,
    })
    .chain((some) => source.map((whose) => ({ kind: 'scan' as const, ...some, ...whose }))),
  fc
    .record({
      ...{ timeMs, destination: address, firstMs: timeMs, lastMs: timeMs, ports: fc.array(port), portsCount: fc.nat() },
      ...{ open: fc.option(fc.array(port), { nil: undefined }), openCount: fc.nat(), ...labels },
      dropped: fc.option(fc.record({ packets: count, bytes: count }), { nil: undefined }),
    })
    .chain((some) => source.map((whose) => ({ kind: 'scan end' as const, ...some, ...whose }))),
  fc
    .record({
      timeMs,
      untilMs: fc.option(timeMs, { nil: undefined }),
      reason: fc.constantFrom('scan' as const, 'operator' as const),
    })
    .chain((some) => source.map((whose) => ({ kind: 'block' as const, ...some, ...whose }))),
  fc.record({
    kind: fc.constant('distributed scan' as const),
    ...{ timeMs, ports: fc.array(port), portsCount: fc.nat(), sourcesCount: fc.nat(), windowS: fc.nat() },
  }),
  source.chain((whose) =>
    timeMs.map((when) => ({ kind: 'unblock' as const, timeMs: when, ...whose, reason: 'scan' as const })),
  ),
  fc.record({
    kind: fc.constant('lost' as const),
    timeMs,
    what: fc.constantFrom(
      'connections' as const,
      'scans' as const,
      'scan ends' as const,
      'blocks' as const,
      'unblocks' as const,
      'sources' as const,
    ),
    cause: fc.constantFrom(
      'ring full' as const,
      'slow reader' as const,
      'blocklist full' as const,
      'tables full' as const,
      'line limit' as const,
      'block cap' as const,
    ),
    count: fc.nat(),
  }),
);
export const event: fc.Arbitrary<DaemonEvent> = fc.oneof(connection, rare);
