/** Which packets are probes and which are not: real scanners and honest traffic against the daemon. */
import { buildFrame, TcpFlag, type TransportDescription } from '@scanward/packet';
import {
  atPace,
  connect,
  frameTo,
  Lines,
  listen,
  nmap,
  patience,
  Scanward,
  send,
  syn,
  type Host,
} from '@scanward/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPlace, OPEN_PORTS, type Place } from './place.ts';
import { literally, scanBy, scansIn } from './seen.ts';
import { createSession } from './session.ts';

/** Longer than the daemon takes to tell of a scan that there was. */
const SETTLED_MS = patience(400);
/** None of them is open, none ephemeral. */
const CLOSED = [101, 102, 103, 104, 105, 106];
/** Among those that this host asks from. */
const EPHEMERAL = [40_001, 40_002, 40_003, 40_004, 40_005, 40_006];

const UDP_SERVER = `
import socket, sys, time
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in sys.argv[1:]]
for each, port in zip(sockets, sys.argv[1:]):
    each.bind(("0.0.0.0", int(port)))
print("ready", flush=True)
time.sleep(60)
`;

let place: Place;
beforeAll(async () => void (place = await createPlace()));
afterAll(() => place[Symbol.asyncDispose]());

const start = (...args: string[]): Promise<Scanward> =>
  Scanward.start(place.victim.ns, { args: ['-t', '100ms', ...args] });

const segment = (port: number, flags: number, more: object = {}): TransportDescription => ({
  ...{ kind: 'tcp', sourcePort: 443, destinationPort: port, sequence: 77, flags },
  ...more,
});
const datagram = (port: number, sourcePort = 53): TransportDescription => ({
  ...{ kind: 'udp', sourcePort, destinationPort: port, payload: new Uint8Array(30) },
});
const sendAll = (from: Host, packets: readonly TransportDescription[]): Promise<void> =>
  send(
    from.ns,
    packets.map((packet) => frameTo(from, place.victim, packet)),
  );

/** Nobody is told of by now. */
async function expectNoScan(scanward: Scanward): Promise<void> {
  await sleep(SETTLED_MS);
  expect(scansIn(scanward.stdout)).toEqual([]);
}

describe('nmap', () => {
  const KINDS = [
    ['-sF', 'fin'],
    ['-sN', 'null'],
    ['-sX', 'xmas'],
    ['-sM', 'maimon'],
    ['-sA', 'ack'],
    ['-sW', 'ack'],
    ['-sU', 'udp'],
  ] as const;
  const cases = KINDS.flatMap(([technique, kind]) =>
    (['ipv4', 'ipv6'] as const).map((family) => ({ technique, kind, family })),
  );

  test.each(atPace(cases, cases.slice(-1)))(
    '$technique over $family is detected as $kind, and blocked',
    async ({ technique, kind, family }) => {
      const { victim, attacker } = place;
      await using scanward = await start();
      await nmap(attacker.ns, victim[family], { technique, ports: '100-140' });
      await scanward.stdout.wait(scanBy(attacker[family]));
      expect(scansIn(scanward.stdout)).toMatchObject([{ source: attacker[family], destination: victim[family], kind }]);
      await scanward.stdout.wait(new RegExp(`Blocked ${literally(attacker[family])} until`));
      expect(await connect(attacker.ns, victim[family], 80, 500)).toBe('filtered');
      // Probes are no connections.
      expect(scanward.stdout.matching(/New connection/)).toEqual([]);
    },
  );

  test('-f -sF: its first fragments are told as connections, and it is blocked', async () => {
    await using scanward = await start();
    const { attacker, victim } = place;
    await nmap(attacker.ns, victim.ipv4, { technique: '-sF', ports: '100-140', args: ['-f'] });
    await scanward.stdout.wait(scanBy(attacker.ipv4));
    expect(scansIn(scanward.stdout)).toMatchObject([{ kind: 'fragment' }]);
    expect(await connect(attacker.ns, victim.ipv4, 80, 500)).toBe('filtered');
  });

  test.each(['-sS', '-sF', '-sU'])('%s --badsum counts as nothing', async (technique) => {
    await using scanward = await start();
    await nmap(place.attacker.ns, place.victim.ipv4, { technique, ports: '100-120', args: ['--badsum'] });
    await expectNoScan(scanward);
    expect(await connect(place.attacker.ns, place.victim.ipv4, 80)).toBe('open');
  });
});

describe('never counted', () => {
  test('late DNS answers; the same to other ports are (the canary)', async () => {
    await using scanward = await start();
    await sendAll(
      place.attacker,
      EPHEMERAL.map((port) => datagram(port)),
    );
    await expectNoScan(scanward);
    await sendAll(
      place.attacker,
      CLOSED.map((port) => datagram(port)),
    );
    await scanward.stdout.wait(scanBy(place.attacker.ipv4));
  });

  test('late packets of connections that this host made and closed', async () => {
    await using scanward = await start();
    for (const flags of [TcpFlag.ack, TcpFlag.fin | TcpFlag.ack, TcpFlag.fin]) {
      await sendAll(
        place.attacker,
        EPHEMERAL.map((port) => segment(port, flags)),
      );
    }
    await expectNoScan(scanward);
  });

  test('backscatter', async () => {
    await using scanward = await start();
    for (const flags of [TcpFlag.syn | TcpFlag.ack, TcpFlag.rst, TcpFlag.rst | TcpFlag.ack]) {
      await sendAll(
        place.attacker,
        CLOSED.map((port) => segment(port, flags)),
      );
    }
    await expectNoScan(scanward);
  });

  test('data, whoever owns it', async () => {
    await using scanward = await start();
    const payload = new Uint8Array(9);
    await sendAll(
      place.attacker,
      CLOSED.map((port) => segment(port, TcpFlag.ack | TcpFlag.psh, { payload })),
    );
    await expectNoScan(scanward);
  });

  test('what is sent to a group: mDNS, SSDP', async () => {
    const { attacker } = place;
    await using scanward = await start();
    const frames = ['224.0.0.251', '239.255.255.250', '255.255.255.255', '10.77.0.255'].flatMap((destination) =>
      CLOSED.map((port) =>
        buildFrame({
          ethernet: { source: attacker.mac, destination: Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff) },
          network: { kind: 'ipv4', source: attacker.ipv4, destination },
          transport: datagram(port),
        }),
      ),
    );
    await send(attacker.ns, frames);
    await expectNoScan(scanward);
  });

  test('UDP that a socket owns', async () => {
    const ports = [111, 112, 113, 114, 115];
    const servers = place.victim.ns.spawn('python3', ['-c', UDP_SERVER, ...ports.map(String)], { timeoutMs: 60_000 });
    servers.catch(() => undefined);
    await new Lines(servers.stdout).wait(/^ready$/);
    await using scanward = await start();
    await sendAll(
      place.attacker,
      ports.map((port) => datagram(port)),
    );
    await expectNoScan(scanward);
    servers.kill('SIGKILL');
  });

  test('what comes to a host that masquerades, from 1024 on', async () => {
    const { victim, attacker } = place;
    const answers = [5_001, 5_002, 5_003, 5_004, 5_005].map((port) => segment(port, TcpFlag.fin | TcpFlag.ack));
    await victim.ns.sysctl({ 'net.ipv4.ip_forward': 1 });
    {
      await using scanward = await start();
      await sendAll(attacker, answers);
      await expectNoScan(scanward);
    }
    await victim.ns.sysctl({ 'net.ipv4.ip_forward': 0 });
    await using scanward = await start();
    await sendAll(attacker, answers);
    await scanward.stdout.wait(scanBy(attacker.ipv4));
  });
});

describe('--evidence closed', () => {
  test('six services used by one client are no scan, and neither are their late packets', async () => {
    const { victim, attacker } = place;
    await using scanward = await start('--evidence', 'closed');
    for (const port of OPEN_PORTS) expect(await connect(attacker.ns, victim.ipv4, port)).toBe('open');
    for (const flags of [TcpFlag.ack, TcpFlag.fin | TcpFlag.ack]) {
      await sendAll(
        attacker,
        OPEN_PORTS.map((port) => segment(port, flags)),
      );
    }
    await expectNoScan(scanward);
    await nmap(attacker.ns, victim.ipv4, { ports: '100-140' });
    await scanward.stdout.wait(scanBy(attacker.ipv4));
  });

  test('the same with any is a scan', async () => {
    await using scanward = await start();
    await sendAll(
      place.attacker,
      OPEN_PORTS.map((port) => syn(port)),
    );
    await scanward.stdout.wait(scanBy(place.attacker.ipv4));
  });

  test('published ports are open once somebody was answered', async () => {
    const { victim, attacker, client } = place;
    const inner = [201, 202, 203, 204, 205, 206];
    // They end with their namespace.
    await listen(client.ns, inner);
    await victim.ns.sysctl({ 'net.ipv4.ip_forward': 1 });
    const rules = `table ip publish {
      chain pre {
        type nat hook prerouting priority -100
        ip daddr ${victim.ipv4} tcp dport 201-206 dnat to ${client.ipv4}
      }
      chain post {
        type nat hook postrouting priority 100
        oifname eth0 masquerade
      }
    }`;
    await victim.ns.run('nft', ['-f', '-'], { input: rules });
    try {
      await using scanward = await start('--evidence', 'closed');
      // Each of the two asks for three ports that nobody knows of yet: that is not more than the threshold.
      const known = async (from: Host, ports: readonly number[]): Promise<void> => {
        for (const port of ports) expect(await connect(from.ns, victim.ipv4, port)).toBe('open');
      };
      await known(attacker, inner.slice(0, 3));
      await known(client, inner.slice(3));
      // Now all six are known.
      await known(attacker, inner);
      await known(client, inner);
      await expectNoScan(scanward);
    } finally {
      await victim.ns.run('nft', ['flush', 'ruleset']);
      await victim.ns.sysctl({ 'net.ipv4.ip_forward': 0 });
    }
  });
});

describe('a blocked source', () => {
  const forge = async (scanward: Scanward): Promise<void> => {
    const { victim, attacker, client } = place;
    const forged = CLOSED.map((port) => frameTo(client, victim, syn(port), { source: attacker.ipv4 }));
    await send(client.ns, forged);
    await scanward.stdout.wait(new RegExp(`Blocked ${literally(attacker.ipv4)} until`));
    expect(await connect(attacker.ns, victim.ipv4, 80, 500)).toBe('filtered');
  };

  test('goes on with the session that it has, and gets no other', async () => {
    const session = await createSession(place.attacker, place.victim, 2_000);
    await using scanward = await start();
    expect(await session.says('before')).toBe(true);
    await forge(scanward);
    expect(await session.says('afterwards')).toBe(true);
  });

  test('loses it with --no-keep-established', async () => {
    const session = await createSession(place.attacker, place.victim, 2_001);
    await using scanward = await start('--no-keep-established');
    expect(await session.says('before')).toBe(true);
    await forge(scanward);
    expect(await session.says('afterwards')).toBe(false);
  });
});

test('--max-new-blocks: what is over the threshold is dropped, no more blocks are written, and that is said', async () => {
  const { victim, client } = place;
  await using scanward = await start('--max-new-blocks', '2');
  const sources = [1, 2, 3, 4, 5].map((n) => `198.51.100.${n}`);
  // With ports of their own, or they would be decoys of each other.
  const frames = sources.flatMap((source, n) =>
    CLOSED.map((port) => frameTo(client, victim, syn(port + 1_000 * n), { source })),
  );
  await send(client.ns, frames);
  await scanward.stderr.wait(/more than 2 new blocks within a minute/);
  await scanward.stdout.wait(/Lost 3 blocks \(block cap\)/);
  expect(scanward.stdout.matching(/Blocked /)).toHaveLength(2);
  expect(scansIn(scanward.stdout)).toHaveLength(5);
  // Of each of the five three pass, whether or not it is blocked.
  expect(scanward.stdout.matching(/New connection: 198/)).toHaveLength(15);
});
