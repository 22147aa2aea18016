import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonEvent } from './events.ts';
import { textFormat } from './format-text.ts';

const TIME = Date.UTC(2021, 3, 28, 15, 28, 5, 999);
const HOUR = 3_600_000;
const zone = process.env['TZ'];

const connection: DaemonEvent = {
  kind: 'connection',
  timeMs: TIME,
  ...{ source: '192.0.2.56', sourcePort: 5973, destination: '10.0.0.5', destinationPort: 80, interface: 'eth0' },
};
const v4 = { timeMs: TIME, source: '192.0.2.56', sourcePrefix: '192.0.2.56' };
const v6 = { timeMs: TIME, source: '2001:db8:bad::7', sourcePrefix: '2001:db8:bad::/64' };
const ports = [80, 81, 82, 83];
const ended = {
  kind: 'scan end',
  ...{ ...v4, destination: '10.0.0.5', firstMs: TIME - 12_000, lastMs: TIME },
  ...{ ports, portsCount: 4, open: [22, 80], openCount: 2, dropped: { packets: 1021n, bytes: 59218n } },
} as const;

describe('a line', () => {
  beforeAll(() => void (process.env['TZ'] = 'UTC'));
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  const golden: [string, DaemonEvent][] = [
    ['New connection: 192.0.2.56:5973 -> 10.0.0.5:80', connection],
    [
      'New connection: [2001:db8::1]:5973 -> [2001:db8::2]:443',
      { ...connection, source: '2001:db8::1', destination: '2001:db8::2', destinationPort: 443 },
    ],
    [
      'Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83',
      { kind: 'scan', ...v4, destination: '10.0.0.5', ports, interface: 'eth0' },
    ],
    [
      'Port scan detected: 2001:db8:bad::/64 -> 2001:db8::2 on ports 80,81,82,83',
      { kind: 'scan', ...v6, destination: '2001:db8::2', ports, interface: undefined },
    ],
    [
      'Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83 (fin, slow, uncertain)',
      {
        ...{ kind: 'scan', ...v4, destination: '10.0.0.5', ports, interface: 'eth0' },
        ...{ probeKind: 'fin', shape: 'slow', attribution: 'uncertain' },
      },
    ],
    [
      'Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 80,81,82,83',
      {
        ...{ kind: 'scan', ...v4, destination: '10.0.0.5', ports, interface: 'eth0' },
        ...{ probeKind: 'syn', shape: 'vertical', attribution: 'certain' },
      },
    ],
    [
      'Port scan detected: 192.0.2.56 -> 10.0.0.5 on ports 22 (horizontal, 17 addresses)',
      {
        ...{ kind: 'scan', ...v4, destination: '10.0.0.5', ports: [22], interface: undefined },
        ...{ shape: 'horizontal', addressesCount: 17 },
      },
    ],
    [
      'Port scan detected: 23 sources on ports 80,81,82,83 and 66 more in 10 min (distributed, uncertain)',
      { kind: 'distributed scan', timeMs: TIME, ports, portsCount: 70, sourcesCount: 23, windowS: 600 },
    ],
    ['Port scan ended: 192.0.2.56 -> 10.0.0.5, 4 ports in 12 s, open 22,80, dropped 1021 packets (59218 bytes)', ended],
    [
      'Port scan ended: 2001:db8:bad::/64 -> 10.0.0.5, 1 port in 300 ms, open 22 and 7 more, dropped 1 packet (1 byte) (udp)',
      {
        ...{ ...ended, ...v6, firstMs: TIME - 300, ports: [1], portsCount: 1, open: [22], openCount: 8 },
        ...{ dropped: { packets: 1n, bytes: 1n }, probeKind: 'udp' },
      },
    ],
    [
      'Port scan ended: 192.0.2.56 -> 10.0.0.5, 4 ports in 12 s, open none, not blocked',
      { ...ended, open: [], openCount: 0, dropped: undefined },
    ],
    [
      'Port scan ended: 192.0.2.56 -> 10.0.0.5, 4 ports in 12 s, dropped 0 packets (0 bytes)',
      { ...ended, open: undefined, openCount: 0, dropped: { packets: 0n, bytes: 0n } },
    ],
    ['Lost 2 scan ends (line limit)', { kind: 'lost', timeMs: TIME, what: 'scan ends', cause: 'line limit', count: 2 }],
    [
      'Blocked 192.0.2.56 until 2021-04-28 16:28:05 (port scan)',
      { kind: 'block', ...v4, untilMs: TIME + HOUR, reason: 'scan' },
    ],
    ['Blocked 192.0.2.56 for ever (port scan)', { kind: 'block', ...v4, untilMs: undefined, reason: 'scan' }],
    ['Blocked 192.0.2.56 for ever (operator)', { kind: 'block', ...v4, untilMs: undefined, reason: 'operator' }],
    ['Unblocked 192.0.2.56', { kind: 'unblock', ...v4, reason: 'scan' }],
    ['Unblocked 2001:db8:bad::/64', { kind: 'unblock', ...v6, reason: 'scan' }],
    [
      'Lost 12 connections (ring full)',
      { kind: 'lost', timeMs: TIME, what: 'connections', cause: 'ring full', count: 12 },
    ],
    [
      'Lost 1 connection (slow reader)',
      { kind: 'lost', timeMs: TIME, what: 'connections', cause: 'slow reader', count: 1 },
    ],
    ['Lost 3 scans (ring full)', { kind: 'lost', timeMs: TIME, what: 'scans', cause: 'ring full', count: 3 }],
    [
      'Lost 2 blocks (blocklist full)',
      { kind: 'lost', timeMs: TIME, what: 'blocks', cause: 'blocklist full', count: 2 },
    ],
  ];

  it.each(golden)('%s', (text, event) => {
    expect(textFormat()(event)).toBe(`2021-04-28 15:28:05: ${text}`);
  });

  it('has the time of its own event, whatever stood before', () => {
    const format = textFormat();
    const at = (timeMs: number) => format({ ...connection, timeMs }).slice(0, 21);
    expect([0, 0.4, 1, 1000, 999, 60_000, -1000].map((ms) => at(TIME + ms))).toEqual([
      '2021-04-28 15:28:05: ',
      '2021-04-28 15:28:05: ',
      '2021-04-28 15:28:06: ',
      '2021-04-28 15:28:06: ',
      '2021-04-28 15:28:06: ',
      '2021-04-28 15:29:05: ',
      '2021-04-28 15:28:04: ',
    ]);
  });

  it('is in local time, summer and winter', () => {
    process.env['TZ'] = 'Europe/Berlin';
    const format = textFormat();
    expect(format(connection)).toMatch(/^2021-04-28 17:28:05: /);
    expect(format({ ...connection, timeMs: Date.UTC(2021, 0, 2, 3, 4, 5) })).toMatch(/^2021-01-02 04:04:05: /);
    process.env['TZ'] = 'UTC';
  });
});
