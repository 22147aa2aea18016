import { parseAddress, parseFrame } from '@scanward/packet';
import {
  capture,
  createPair,
  fragmentsTo,
  frameTo,
  Scanward,
  send,
  syn,
  type Host,
  atPace,
  NEEDS,
  needs,
} from '@scanward/testkit';
import { expect, test } from 'vitest';
import { scanBy, scansIn, summaryOf } from './seen.ts';

const EXTENSIONS = [
  { kind: 'hop-by-hop' },
  { kind: 'destination' },
  { kind: 'routing' },
  { kind: 'fragment' },
] as const;
const QINQ = [{ protocol: 0x88a8, id: 5 }, { id: 7 }];

/** SYNs to `port` as they come through tunnels, tags and fragments; the sender's port tells them apart. */
function wrappedSyns(from: Host, to: Host, port: number): Record<string, Uint8Array[]> {
  return {
    plain: [frameTo(from, to, syn(port, 2_001))],
    vlan: [frameTo(from, to, syn(port, 2_002), { vlans: [{ id: 5 }] })],
    qinq: [frameTo(from, to, syn(port, 2_003), { vlans: QINQ })],
    // As nmap -f does it: the flags are not in the fragment that has the ports.
    fragmented: fragmentsTo(from, to, syn(port, 2_004, 64), 8),
    jumbo: [frameTo(from, to, syn(port, 2_005, 8_900))],
  };
}

function wrappedSyns6(from: Host, to: Host, port: number): Record<string, Uint8Array[]> {
  return {
    plain: [frameTo(from, to, syn(port, 3_001), { ipv6: true })],
    vlan: [frameTo(from, to, syn(port, 3_002), { ipv6: true, vlans: [{ id: 5 }] })],
    extensions: [frameTo(from, to, syn(port, 3_003), { extensions: EXTENSIONS })],
    'extensions in QinQ': [frameTo(from, to, syn(port, 3_004), { extensions: EXTENSIONS, vlans: QINQ })],
    jumbo: [frameTo(from, to, syn(port, 3_005, 8_900), { extensions: EXTENSIONS })],
  };
}

/** No SYNs; those that count ask for the port that the SYNs ask for. */
const others = (from: Host, to: Host, ipv6: boolean): Uint8Array[] => [
  frameTo(from, to, { kind: 'udp', sourcePort: 9, destinationPort: 80 }, { ipv6 }),
  frameTo(from, to, { kind: 'icmp' }, { ipv6 }),
  frameTo(from, to, { kind: 'udp', sourcePort: 9, destinationPort: 80 }, { ipv6, vlans: QINQ }),
  frameTo(from, to, { kind: 'tcp', sourcePort: 9, destinationPort: 80, flags: 0x10 }, { ipv6 }),
];

const FAMILIES = [
  { family: 'ipv4', make: wrappedSyns, ports: [2_001, 2_002, 2_003, 2_004, 2_005] },
  { family: 'ipv6', make: wrappedSyns6, ports: [3_001, 3_002, 3_003, 3_004, 3_005] },
] as const;

type Row = (typeof FAMILIES)[number];

for (const xdp of ['native', 'generic'] as const) {
  test.for(atPace<readonly Row[]>(FAMILIES, [FAMILIES[xdp === 'native' ? 1 : 0]]))(
    `${xdp}, $family: wrapped SYNs are logged and counted; of a blocked source nothing gets through`,
    async (row, context) => {
      // Frames of 9,000 bytes come in several buffers.
      if (xdp === 'native') needs(context, NEEDS.xdpFrags);
      const { family, make, ports } = row;
      await using pair = await createPair({ mtu: 9_000 });
      const { victim, attacker } = pair;
      await using scanward = await Scanward.start(victim.ns, { args: ['--xdp', xdp, '-t', '100ms'] });
      const text = (address: string): string => (family === 'ipv6' ? `[${address}]` : address);
      const line = (sourcePort: number, port: number): RegExp => {
        const ends = `${text(attacker[family])}:${sourcePort} -> ${text(victim[family])}:${port}`;
        return new RegExp(`: New connection: ${ends.replace(/[.[\]]/g, '\\$&')}$`);
      };
      const fromAttacker = (frames: Uint8Array[]): Uint8Array[] => {
        const source = parseAddress(attacker[family]).join();
        // The neighbour's own talk (ND) is not what was sent.
        return frames.filter((bytes) => parseFrame(bytes).source?.join() === source);
      };

      // Not blocked: all get through and each SYN is a line.
      const open = Object.values(make(attacker, victim, 80)).flat();
      const passing = [...open, ...others(attacker, victim, family === 'ipv6')];
      await using before = await capture(victim.ns);
      await send(attacker.ns, passing);
      for (const port of ports) await scanward.stdout.wait(line(port, 80));
      expect(scansIn(scanward.stdout)).toEqual([]);
      const hex = (frames: Uint8Array[]): string[] => frames.map((bytes) => Buffer.from(bytes).toString('hex'));
      expect(hex(await before.frames())).toEqual(expect.arrayContaining(hex(passing)));

      // One port for each kind of wrapping: the fourth of them makes it a scan.
      const kinds = Object.values(make(attacker, victim, 0)).length;
      const scan = Array.from({ length: kinds }, (_, i) => Object.values(make(attacker, victim, 90 + i))[i]!).flat();
      await send(attacker.ns, scan);
      await scanward.stdout.wait(scanBy(attacker[family]));
      expect(scansIn(scanward.stdout)).toEqual([
        { source: attacker[family], destination: victim[family], ports: [80, 90, 91, 92] },
      ]);

      // Blocked: nothing.
      await using after = await capture(victim.ns);
      const refused = [
        ...Object.values(make(attacker, victim, 80)).flat(),
        ...others(attacker, victim, family === 'ipv6'),
      ];
      await send(attacker.ns, refused);
      const bystander = family === 'ipv6' ? 'fd77::99' : '10.77.0.99';
      await send(attacker.ns, [frameTo(attacker, victim, syn(80), { source: bystander })]);
      await scanward.stdout.wait(new RegExp(`New connection: .*${bystander.replaceAll('.', '\\.')}`));
      expect(hex(fromAttacker(await after.frames()))).toEqual([]);

      expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
      const { connections, dropped } = summaryOf(scanward.stderr);
      // Two of the scan were let through: with port 80 they make three.
      expect(connections).toBe(ports.length + 2 + 1);
      // Over IPv6 the neighbour's own talk is dropped as well.
      const count = scan.length - 2 + refused.length;
      if (family === 'ipv4') expect(dropped).toBe(count);
      else expect(dropped).toBeGreaterThanOrEqual(count);
    },
  );
}
