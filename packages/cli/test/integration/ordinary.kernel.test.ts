/**
 * Whom nobody may block. Each row says under which `--evidence` it is promised, and what the other setting makes of it; both
 * are played. docs/DETECTION.md has the table.
 */
import {
  command,
  frameTo,
  type Host,
  Lab,
  listen,
  patience,
  peer,
  Scanward,
  send,
  serve,
  syn,
} from '@scanward/testkit';
import { TcpFlag, type TransportDescription } from '@scanward/packet';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { summaryOf } from './seen.ts';

const SERVICES = [22, 25, 53, 80, 143, 443];

interface Place {
  readonly lab: Lab;
  readonly victim: Host;
  readonly client: Host;
}

interface Row {
  readonly name: string;
  readonly evidence: 'any' | 'closed';
  /** What becomes of it under the other setting. */
  readonly otherwise: 'passes' | 'blocked';
  /** Before the daemon starts; what it returns is disposed at the end. */
  readonly prepare?: (place: Place) => Promise<AsyncDisposable | undefined>;
  /** Throws when the peer did not get what he came for. `isPromised`: under the row's own setting. */
  readonly play: (place: Place, isPromised: boolean) => Promise<void>;
}

const { ack, psh, fin, rst, syn: synFlag } = TcpFlag;

const segment = (destinationPort: number, sourcePort: number, flags: number): TransportDescription => ({
  kind: 'tcp',
  sourcePort,
  destinationPort,
  sequence: 0x1234_5678,
  flags,
});

/** A host with an inner one behind it, that forwards. */
async function inner({ lab, victim }: Place): Promise<Host> {
  const host = await lab.host('inner');
  await host.ns.ip('link', 'del', 'eth0');
  await command('ip', [
    ...['link', 'add', 'inside', 'netns', victim.ns.name, 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'netns', host.ns.name],
  ]);
  await victim.ns.ipBatch(['link set inside up', 'address add 10.79.0.1/24 dev inside']);
  await host.ns.ipBatch(['link set eth0 up', 'address add 10.79.0.2/24 dev eth0', 'route add default via 10.79.0.1']);
  await victim.ns.sysctl({ 'net.ipv4.ip_forward': 1 });
  return { ...host, ipv4: '10.79.0.2' };
}

const nft = (host: Host, rules: string) => host.ns.run('nft', ['-f', '-'], { input: rules });

const ROWS: readonly Row[] = [
  {
    name: 'passive FTP of 20 transfers',
    evidence: 'closed',
    otherwise: 'blocked',
    prepare: ({ victim }) => serve(victim.ns, 'ftp-server'),
    play: async ({ victim, client }, isPromised) => {
      if (isPromised) expect(await peer(client.ns, 'ftp-client', victim.ipv4, 20)).toBe('20');
      else await peer(client.ns, 'ftp-client', victim.ipv4, 20).catch(() => undefined);
    },
  },
  {
    name: 'a browser: 500 connections to two ports',
    evidence: 'any',
    otherwise: 'passes',
    play: async ({ victim, client }) => {
      expect(await peer(client.ns, 'connects', victim.ipv4, '80,443', 500)).toBe('500');
    },
  },
  {
    name: 'six services used by one client',
    evidence: 'closed',
    otherwise: 'blocked',
    play: async ({ victim, client }, isPromised) => {
      const got = await peer(client.ns, 'connects', victim.ipv4, SERVICES.join(), isPromised ? 60 : 12);
      if (isPromised) expect(got).toBe('60');
    },
  },
  {
    name: '100 hosts behind one NAT address, six services',
    evidence: 'closed',
    otherwise: 'blocked',
    prepare: async (place) => {
      // To the victim, the client is the address behind which all others are.
      const { client } = place;
      await client.ns.ipBatch([...Array.from({ length: 100 }, (_, i) => `address add 10.80.0.${i + 1}/32 dev lo`)]);
      await nft(
        client,
        'table ip nat { chain post { type nat hook postrouting priority 100; ip saddr 10.80.0.0/24 masquerade; }; }',
      );
      return undefined;
    },
    play: async ({ victim, client }, isPromised) => {
      const got = await peer(client.ns, 'hosts', victim.ipv4, SERVICES.join(), '10.80.0.', isPromised ? 100 : 4);
      if (isPromised) expect(got).toBe('600');
    },
  },
  {
    name: 'a lossy link: every segment twice, and late',
    evidence: 'any',
    otherwise: 'passes',
    play: async ({ victim, client }) => {
      const once = [80, 443, 22].flatMap((port) => {
        const from = 50_000 + port;
        return [
          frameTo(client, victim, syn(port, from)),
          frameTo(client, victim, segment(port, from, ack)),
          frameTo(client, victim, segment(port, from, ack | psh)),
          frameTo(client, victim, segment(port, from, ack | fin)),
        ];
      });
      for (let round = 0; round < 3; round++) await send(client.ns, [...once, ...once, ...once.toReversed()]);
    },
  },
  {
    name: 'late DNS answers, each twice',
    evidence: 'any',
    otherwise: 'passes',
    prepare: ({ client }) => serve(client.ns, 'late-answers', 53),
    play: async ({ victim, client }) => {
      expect(await peer(victim.ns, 'impatient-questions', client.ipv4, 53, 20)).toBe('20');
    },
  },
  {
    name: 'late packets after close, of ten connections that the host had opened',
    evidence: 'any',
    otherwise: 'passes',
    prepare: ({ client }) => listen(client.ns, [8080]),
    play: async ({ victim, client }) => {
      const ports = (await peer(victim.ns, 'aborted', client.ipv4, 8080, 10)).split(',').map(Number);
      expect(new Set(ports).size).toBe(10);
      const late = ports.flatMap((port) => [
        frameTo(client, victim, segment(port, 8_080, ack)),
        frameTo(client, victim, segment(port, 8_080, ack | fin)),
        frameTo(client, victim, segment(port, 8_080, rst)),
        frameTo(client, victim, segment(port, 8_080, synFlag | ack)),
      ]);
      await send(client.ns, late);
    },
  },
  {
    name: 'ping',
    evidence: 'any',
    otherwise: 'passes',
    play: async ({ victim, client }) => {
      await send(
        client.ns,
        Array.from({ length: 20 }, () => frameTo(client, victim, { kind: 'icmp', payload: new Uint8Array(56) })),
      );
    },
  },
  {
    name: 'traceroute, by UDP to 33434 and up',
    evidence: 'any',
    otherwise: 'passes',
    play: async ({ victim, client }) => {
      const probes = Array.from({ length: 30 }, (_, i) =>
        frameTo(client, victim, {
          kind: 'udp',
          sourcePort: 45_000,
          destinationPort: 33_434 + i,
          payload: new Uint8Array(32),
        }),
      );
      await send(client.ns, probes, { gapUs: 1_000 });
    },
  },
  {
    name: "a neighbour's mDNS and SSDP",
    evidence: 'any',
    otherwise: 'passes',
    play: async ({ client }) => {
      for (const [group, port] of [
        ['224.0.0.251', 5_353],
        ['239.255.255.250', 1_900],
        ['224.0.0.252', 5_355],
        ['239.255.255.253', 427],
        ['224.0.1.187', 5_683],
      ] as const) {
        await peer(client.ns, 'multicast', client.ipv4, group, port, 10);
      }
    },
  },
  {
    name: 'a published container port (forwarded)',
    evidence: 'any',
    otherwise: 'passes',
    prepare: async (place) => {
      const container = await inner(place);
      await nft(
        place.victim,
        `table ip nat { chain pre { type nat hook prerouting priority -100;
           iifname "eth0" tcp dport { 8080, 8081, 8082 } dnat to 10.79.0.2:80; }; }`,
      );
      return listen(container.ns, [80]);
    },
    play: async ({ victim, client }) => {
      expect(await peer(client.ns, 'connects', victim.ipv4, '8080,8081,8082', 60)).toBe('60');
    },
  },
  {
    name: 'a host that masquerades: 40 connections of its inner host',
    evidence: 'any',
    otherwise: 'passes',
    prepare: async (place) => {
      const { victim, client } = place;
      const host = await inner(place);
      await nft(
        victim,
        'table ip nat { chain post { type nat hook postrouting priority 100; oifname "eth0" masquerade; }; }',
      );
      const [web, answers] = [await listen(client.ns, [80, 443, 8_080]), await serve(client.ns, 'late-answers', 53)];
      Object.assign(place, { host });
      return {
        [Symbol.asyncDispose]: async () => {
          await web[Symbol.asyncDispose]();
          await answers[Symbol.asyncDispose]();
        },
      };
    },
    play: async (place) => {
      const { client, host } = place as Place & { host: Host };
      expect(await peer(host.ns, 'connects', client.ipv4, '80,443,8080', 40)).toBe('40');
      await peer(host.ns, 'impatient-questions', client.ipv4, 53, 20);
    },
  },
];

/** Plays a row under a setting; whether the client was blocked, or told a scanner. */
async function isTaken(row: Row, evidence: 'any' | 'closed'): Promise<boolean> {
  await using lab = await Lab.create();
  const place = { lab, victim: await lab.host('victim'), client: await lab.host('client') };
  await listen(place.victim.ns, SERVICES);
  await using _prepared = await row.prepare?.(place);
  await using scanward = await Scanward.start(place.victim.ns, { args: ['--evidence', evidence, '-d', '1s'] });
  await row.play(place, row.evidence === evidence);
  await sleep(patience(1_500));
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  const { scans, blocks } = summaryOf(scanward.stderr);
  expect(scans > 0, `${scans} scans, ${blocks} blocks:\n${scanward.stdout.texts.slice(-5).join('\n')}`).toBe(
    blocks > 0,
  );
  return blocks > 0;
}

test.concurrent.each(ROWS)('$name: not blocked with --evidence $evidence; otherwise it $otherwise', async (row) => {
  const other = row.evidence === 'any' ? 'closed' : 'any';
  expect(await isTaken(row, row.evidence)).toBe(false);
  expect((await isTaken(row, other)) ? 'blocked' : 'passes').toBe(row.otherwise);
});

test.concurrent('a scan in their midst is blocked under both (the canary of these tests)', async () => {
  const scan: Row = {
    name: 'scan',
    evidence: 'any',
    otherwise: 'blocked',
    play: async ({ victim, client }) => {
      await peer(client.ns, 'connects', victim.ipv4, '80,443', 20);
      await send(
        client.ns,
        [1, 2, 3, 4, 5].map((port) => frameTo(client, victim, syn(port))),
      );
    },
  };
  expect(await isTaken(scan, 'any')).toBe(true);
  expect(await isTaken(scan, 'closed')).toBe(true);
});
