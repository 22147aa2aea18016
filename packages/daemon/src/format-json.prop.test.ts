import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connection, event } from '../test/arbitrary-event.ts';
import type { DaemonEvent } from './events.ts';
import { jsonFormat } from './format-json.ts';

const ACTIONS = {
  ...{ connection: 'connection', scan: 'port-scan', 'scan end': 'port-scan-end', 'distributed scan': 'port-scan' },
  ...{ block: 'block', unblock: 'unblock', lost: 'lost' },
};
const KINDS = {
  ...{ connection: 'event', scan: 'alert', 'scan end': 'event', 'distributed scan': 'alert' },
  ...{ block: 'event', unblock: 'event', lost: 'metric' },
};

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
        const whose = 'source' in told ? told.source : undefined;
        expect(object.source?.ip).toBe(whose);
        if (whose === undefined) return;
        expect(object.network?.type).toBe(whose.includes(':') ? 'ipv6' : 'ipv4');
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
    expect(parse({ ...told, probeKind: 'udp' })).toMatchObject({
      network: { transport: 'udp' },
      scanward: { scan: { ports: [22, 80], kind: 'udp' } },
    });
  });

  it('the end of a scan', () => {
    const told = {
      kind: 'scan end',
      ...{ timeMs: TIME, ...prefix, destination: '2001:db8::5', firstMs: TIME - 12_000, lastMs: TIME },
      ...{ ports: [22, 80], portsCount: 40, open: [22], openCount: 3, dropped: { packets: 7n, bytes: 420n } },
    } as const;
    expect(parse(told)).toEqual({
      '@timestamp': '2021-04-28T15:28:05.007Z',
      ecs: { version: '8.11.0' },
      event: {
        ...{ kind: 'event', category: ['network', 'intrusion_detection'], type: ['info', 'end'] },
        ...{ action: 'port-scan-end', module: 'scanward', dataset: 'scanward' },
        ...{ start: '2021-04-28T15:27:53.007Z', end: '2021-04-28T15:28:05.007Z', duration: 12_000_000_000 },
      },
      source: { ip: '2001:db8:bad::7' },
      destination: { ip: '2001:db8::5' },
      network: { transport: 'tcp', type: 'ipv6' },
      scanward: {
        source: { prefix: '2001:db8:bad::/64' },
        scan: {
          ...{ ports: [22, 80], ports_count: 40, open: [22], open_count: 3 },
          dropped: { packets: 7, bytes: 420 },
        },
      },
    });
    const more = { probeKind: 'udp', shape: 'slow', attribution: 'uncertain' } as const;
    expect(parse({ ...told, open: undefined, dropped: undefined, ...more })).toMatchObject({
      network: { transport: 'udp' },
      scanward: {
        scan: { ports: [22, 80], ports_count: 40, kind: 'udp', shape: 'slow', attribution: 'uncertain' },
      },
    });
  });

  it('what many sources did together names none of them', () => {
    const told = { kind: 'distributed scan', timeMs: TIME, ports: [1, 2], portsCount: 70, sourcesCount: 23 } as const;
    expect(parse({ ...told, windowS: 600 })).toEqual({
      '@timestamp': '2021-04-28T15:28:05.007Z',
      ecs: { version: '8.11.0' },
      event: {
        ...{ kind: 'alert', category: ['network', 'intrusion_detection'], type: ['info'], action: 'port-scan' },
        ...{ module: 'scanward', dataset: 'scanward', duration: 600_000_000_000 },
      },
      scanward: {
        scan: {
          ...{ ports: [1, 2], ports_count: 70, sources_count: 23 },
          ...{ shape: 'distributed', attribution: 'uncertain' },
        },
      },
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
    expect(parse({ kind: 'unblock', timeMs: TIME, ...prefix, reason: 'scan' })).toMatchObject({
      event: { type: ['allowed'] },
      scanward: { source: { prefix: '2001:db8:bad::/64' } },
    });
    expect(parse({ kind: 'lost', timeMs: TIME, what: 'scans', cause: 'ring full', count: 3 })).toMatchObject({
      event: { kind: 'metric', category: ['network'] },
      scanward: { lost: { what: 'scans', count: 3, cause: 'ring full' } },
    });
  });
});
