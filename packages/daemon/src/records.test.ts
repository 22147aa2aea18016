import { codecs, layouts } from '@scanward/map-codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip } from '../test/fakes.ts';
import { CONNECTION, ConnectionView, scanReader } from './records.ts';

const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const value = fc.record({
  timeNs: fc.bigInt(0n, 2n ** 63n - 1n),
  source: bytes16,
  destination: bytes16,
  sourcePort: fc.nat(65535),
  destinationPort: fc.nat(65535),
  ifindex: fc.nat(2 ** 32 - 1),
  kind: fc.nat(255),
  portState: fc.nat(255),
});

describe.each(['little', 'big'] as const)('ConnectionView (%s)', (endian) => {
  it('reads what the codec reads', () => {
    const { connection } = codecs(endian);
    const view = new ConnectionView(endian);
    fc.assert(
      fc.property(value, fc.nat(20), (wanted, offset) => {
        const bytes = connection.encode(wanted, new Uint8Array(connection.size + 20), offset);
        view.at(bytes, offset);
        expect(view.timeNs()).toBe(Number(wanted.timeNs));
        expect(view.timeHigh()).toBe(Number(BigInt.asIntN(32, wanted.timeNs >> 32n)));
        expect(view.timeLow()).toBe(Number(BigInt.asIntN(32, wanted.timeNs)));
        expect(view.sourcePort()).toBe(wanted.sourcePort);
        expect(view.destinationPort()).toBe(wanted.destinationPort);
        expect(view.ifindex()).toBe(wanted.ifindex);
        expect([view.kind(), view.portState()]).toEqual([wanted.kind, wanted.portState]);
        expect(bytes.slice(offset + CONNECTION.source).slice(0, 16)).toEqual(wanted.source);
        expect(bytes.slice(offset + CONNECTION.destination).slice(0, 16)).toEqual(wanted.destination);
      }),
    );
  });
});

it('stands on the layout of the object', () => {
  const layout = [...layouts()].find(({ name }) => name === 'connection')!;
  const offsets = Object.fromEntries(layout.fields.map(({ name, offset }) => [name, offset]));
  expect(offsets).toMatchObject({ time_ns: CONNECTION.time, source: CONNECTION.source, ifindex: CONNECTION.ifindex });
});

it('reads a scan with its ports ascending', () => {
  const { scan } = codecs('big');
  const ports = [443, 22, 80, ...Array<number>(29).fill(0)];
  const record = {
    ...{ timeNs: 5n, source: ip('192.0.2.56'), destination: ip('10.0.0.5'), expiryNs: 7n },
    ...{ ifindex: 3, portsCount: 3, sourceBits: 128, blocked: 1, kind: 2, outcome: 1, ports },
  };
  expect(scanReader('big')(scan.encode(record, new Uint8Array(scan.size + 8), 8), 8)).toEqual({
    ...{ timeNs: 5n, source: ip('192.0.2.56'), destination: ip('10.0.0.5'), expiryNs: 7n },
    ...{ ifindex: 3, sourceBits: 128, blocked: true, probe: 'fin', ports: [22, 80, 443] },
  });
});
