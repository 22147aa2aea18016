import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, formatPrefix } from './addresses.ts';
import type { ConnectionEvent, DaemonEvent } from './events.ts';
import { jsonFormat } from './format-json.ts';

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

const connection: fc.Arbitrary<ConnectionEvent> = fc.record({
  kind: fc.constant('connection' as const),
  timeMs,
  ...{ source: address, sourcePort: port, destination: address, destinationPort: port, interface: name },
});
const rare: fc.Arbitrary<DaemonEvent> = fc.oneof(
  fc
    .record({ timeMs, destination: address, ports: fc.array(port), interface: fc.option(name, { nil: undefined }) })
    .chain((some) => source.map((whose) => ({ kind: 'scan' as const, ...some, ...whose }))),
  fc
    .record({
      timeMs,
      untilMs: fc.option(timeMs, { nil: undefined }),
      reason: fc.constantFrom('scan' as const, 'operator' as const),
    })
    .chain((some) => source.map((whose) => ({ kind: 'block' as const, ...some, ...whose }))),
  source.chain((whose) => timeMs.map((when) => ({ kind: 'unblock' as const, timeMs: when, ...whose }))),
  fc.record({
    kind: fc.constant('lost' as const),
    timeMs,
    what: fc.constantFrom(
      'connections' as const,
      'scans' as const,
      'blocks' as const,
      'unblocks' as const,
      'sources' as const,
    ),
    cause: fc.constantFrom(
      'ring full' as const,
      'slow reader' as const,
      'blocklist full' as const,
      'tables full' as const,
    ),
    count: fc.nat(),
  }),
);
const event = fc.oneof(connection, rare);

const ACTIONS = { connection: 'connection', scan: 'port-scan', block: 'block', unblock: 'unblock', lost: 'lost' };
const KINDS = { connection: 'event', scan: 'alert', block: 'event', unblock: 'event', lost: 'metric' };

interface Line {
  '@timestamp': string;
  ecs: { version: string };
  event: { kind: string; category: string[]; type: string[]; action: string; module: string; dataset: string };
  source?: { ip: string };
  network?: { type: string };
}

describe('a JSON line', () => {
  it('is one line of JSON with the required keys, for every event', () => {
    fc.assert(
      fc.property(event, (told) => {
        const line = jsonFormat()(told);
        expect(line).not.toMatch(/[\r\n]/);
        const object = JSON.parse(line) as Line;
        expect(object['@timestamp']).toBe(new Date(told.timeMs).toISOString());
        expect(object.ecs.version).toMatch(/^\d+\.\d+\.\d+$/);
        expect(object.event).toMatchObject({ kind: KINDS[told.kind], action: ACTIONS[told.kind] });
        expect(object.event).toMatchObject({ module: 'scanward', dataset: 'scanward' });
        expect(object.event.category).toContain('network');
        expect(object.event.type.length).toBeGreaterThan(0);
        if (told.kind === 'lost') return;
        expect(object.source?.ip).toBe(told.source);
        expect(object.network?.type).toBe(told.source.includes(':') ? 'ipv6' : 'ipv4');
      }),
    );
  });

  it('says all of a connection', () => {
    fc.assert(
      fc.property(connection, (told) => {
        expect(JSON.parse(jsonFormat()(told))).toEqual({
          '@timestamp': new Date(told.timeMs).toISOString(),
          ecs: { version: '8.11.0' },
          event: {
            ...{ kind: 'event', category: ['network'], type: ['connection', 'start'], action: 'connection' },
            ...{ module: 'scanward', dataset: 'scanward' },
          },
          source: { ip: told.source, port: told.sourcePort },
          destination: { ip: told.destination, port: told.destinationPort },
          network: { transport: 'tcp', type: told.source.includes(':') ? 'ipv6' : 'ipv4' },
          observer: { ingress: { interface: { name: told.interface } } },
        });
      }),
    );
  });
});

describe('the other lines', () => {
  const TIME = Date.UTC(2021, 3, 28, 15, 28, 5, 7);
  const prefix = { source: '2001:db8:bad::7', sourcePrefix: '2001:db8:bad::/64' };
  const parse = (told: DaemonEvent) => JSON.parse(jsonFormat()(told)) as object;

  it('a scan', () => {
    const told = {
      kind: 'scan',
      timeMs: TIME,
      ...prefix,
      destination: '2001:db8::5',
      ports: [22, 80],
      interface: 'eth0',
    } as const;
    expect(parse(told)).toMatchObject({
      '@timestamp': '2021-04-28T15:28:05.007Z',
      event: { kind: 'alert', category: ['network', 'intrusion_detection'], type: ['info'] },
      source: { ip: '2001:db8:bad::7' },
      destination: { ip: '2001:db8::5' },
      network: { transport: 'tcp', type: 'ipv6' },
      observer: { ingress: { interface: { name: 'eth0' } } },
      scanward: { source: { prefix: '2001:db8:bad::/64' }, scan: { ports: [22, 80] } },
    });
    expect(parse({ ...told, probe: 'udp' })).toMatchObject({
      network: { transport: 'udp' },
      scanward: { scan: { ports: [22, 80], probe: 'udp' } },
    });
  });

  it('a block, with and without an end', () => {
    const told = {
      kind: 'block',
      timeMs: TIME,
      source: '192.0.2.56',
      sourcePrefix: '192.0.2.56',
      reason: 'scan',
    } as const;
    expect(parse({ ...told, untilMs: TIME + 1000 })).toMatchObject({
      event: { type: ['denied'] },
      scanward: { block: { reason: 'scan', expiry: '2021-04-28T15:28:06.007Z' } },
    });
    expect(parse({ ...told, untilMs: undefined })).toHaveProperty('scanward', { block: { reason: 'scan' } });
  });

  it('the end of a block, and a loss', () => {
    expect(parse({ kind: 'unblock', timeMs: TIME, ...prefix })).toMatchObject({
      event: { type: ['allowed'] },
      scanward: { source: { prefix: '2001:db8:bad::/64' } },
    });
    expect(parse({ kind: 'lost', timeMs: TIME, what: 'scans', cause: 'ring full', count: 3 })).toMatchObject({
      event: { kind: 'metric', category: ['network'] },
      scanward: { lost: { what: 'scans', count: 3, cause: 'ring full' } },
    });
  });
});
