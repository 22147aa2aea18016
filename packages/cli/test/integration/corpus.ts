/** What is recorded for replays: scans of every kind, and what ordinary hosts do. */
import { features } from '@scanward/loader-native';
import { connect, type Host, Lines, type RecordedLink } from '@scanward/testkit';

/** A victim with listeners, and who asks it. */
export interface Scene {
  readonly victim: Host;
  readonly attacker: Host;
}

/** One capture of the corpus. */
export interface Recording {
  readonly name: string;
  readonly link: RecordedLink;
  /** Whether it must be reported; if not, nothing may be. */
  readonly isScan: boolean;
  readonly act: (scene: Scene) => Promise<void>;
}

export const OPEN_PORTS = [22, 80, 443];
const PORTS = '20-29,80,443';

const LINKS = ['ethernet', 'cooked', 'raw'] as const;
const HASTE = [
  '-n',
  '-Pn',
  '--disable-arp-ping',
  '--max-retries',
  '1',
  '--max-rtt-timeout',
  '100ms',
  '--min-rate',
  '200',
];

function nmap(flags: string, { isScan = true } = {}): Omit<Recording, 'link'> {
  const args = flags.split(' ');
  const isIpv6 = args.includes('-6');
  return {
    name: `nmap ${flags}`,
    isScan,
    act: async ({ victim, attacker }) => {
      const target = isIpv6 ? victim.ipv6 : victim.ipv4;
      await attacker.ns.run('nmap', [...HASTE, '-p', PORTS, ...args, target], { timeoutMs: 60_000 });
    },
  };
}

function hping3(flags: string): Omit<Recording, 'link'> {
  return {
    name: `hping3 ${flags}`,
    isScan: true,
    act: async ({ victim, attacker }) => {
      const args = ['-n', '-c', '12', '-i', 'u10000', '-p', '++20', ...flags.split(' '), victim.ipv4];
      await attacker.ns.run('hping3', args, { tolerant: true, timeoutMs: 60_000 });
    },
  };
}

/** Connections one after the other, each with its answer. */
async function connections({ victim, attacker }: Scene): Promise<void> {
  for (const address of [victim.ipv4, victim.ipv6]) {
    for (const port of OPEN_PORTS) {
      for (let i = 0; i < 3; i++) {
        const state = await connect(attacker.ns, address, port);
        if (state !== 'open') throw new Error(`port ${port} is ${state}`);
      }
    }
  }
}

/** The victim asks: its answers come to ports of its own. */
async function ofTheVictim({ victim, attacker }: Scene): Promise<void> {
  for (const port of [80, 443, 8_080]) {
    for (let i = 0; i < 3; i++) await connect(victim.ns, attacker.ipv4, port);
  }
}

async function pings({ victim, attacker }: Scene): Promise<void> {
  await attacker.ns.run('hping3', ['-n', '-1', '-c', '5', '-i', 'u20000', victim.ipv4]);
}

const SERVE = `import socket, sys
server = socket.create_server(("", 8080))
print("ready", flush=True)
peer, _ = server.accept()
peer.sendall(b"x" * int(sys.argv[1]))
while peer.recv(65536): pass
peer.close()`;

const FETCH = `import socket, sys
peer = socket.create_connection((sys.argv[1], 8080))
peer.sendall(b"x" * int(sys.argv[2]))
peer.shutdown(socket.SHUT_WR)
while peer.recv(65536): pass`;

/** Streams of bytes, with their acknowledgements. */
function transfer(down: number, up: number): Recording['act'] {
  return async ({ victim, attacker }) => {
    const server = victim.ns.spawn('python3', ['-c', SERVE, String(down)], { timeoutMs: 60_000 });
    await new Lines(server.stdout).wait(/^ready$/);
    await attacker.ns.run('python3', ['-c', FETCH, victim.ipv4, String(up)], { timeoutMs: 60_000 });
    await server;
  };
}

const ordinary = (name: string, act: Recording['act']): Omit<Recording, 'link'> => ({ name, isScan: false, act });

/** A test run takes packets longer than a page since 5.18. */
const uploads = features().xdpFrags ? [ordinary('an upload', transfer(0, 3_000_000))] : [];

/** Techniques first, then ordinary traffic; their link layers take turns. */
export const CORPUS: readonly Recording[] = [
  nmap('-sS'),
  nmap('-sT'),
  nmap('-sF'),
  nmap('-sN'),
  nmap('-sX'),
  nmap('-sM'),
  nmap('-sA'),
  nmap('-sW'),
  nmap('-sU'),
  nmap('-sS -f'),
  nmap('-sS --mtu 16'),
  nmap('-sF -f'),
  nmap('-sS -g 53'),
  nmap('-sS -D 10.77.0.50,10.77.0.51,10.77.0.52,ME'),
  nmap('-sS -O'),
  nmap('-sS -sV --version-intensity 0'),
  nmap('-sS --badsum', { isScan: false }),
  nmap('-sS --scanflags URGPSH'),
  nmap('-sS --scanflags SYNFIN'),
  nmap('-sS --data-length 24'),
  nmap('-6 -sS'),
  nmap('-6 -sT'),
  nmap('-6 -sX'),
  nmap('-6 -sU'),
  hping3('-S'),
  hping3('-F'),
  hping3('-P'),
  hping3('-U'),
  hping3('-X'),
  hping3('-Y'),
  hping3('-A'),
  hping3('-2'),
  ordinary('connections', connections),
  ordinary('connections of the victim', ofTheVictim),
  ordinary('pings', pings),
  ordinary('a download', transfer(3_000_000, 0)),
  ...uploads,
  ordinary('nothing', () => Promise.resolve()),
].map((recording, i) => ({ ...recording, link: LINKS[i % LINKS.length]! }));
