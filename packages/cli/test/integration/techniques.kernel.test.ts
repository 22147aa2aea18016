/**
 * What real scanners do, and what becomes of each: detected as what, of which shape, blocked, and how many ports gave an answer.
 * It prints the table that stands in docs/DETECTION.md.
 */
import {
  atPace,
  capture,
  createPair,
  type Host,
  listen,
  macText,
  patience,
  Scanward,
  type Namespace,
} from '@scanward/testkit';
import { parseFrame } from '@scanward/packet';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';

const OPEN = [22, 80, 443];
/** Where a technique finds an open port among the first. */
const PORTS = '22,80,443,1-40';

interface Expected {
  /** Undefined: nothing is reported. */
  readonly kind?: string | RegExp;
  readonly shape?: string;
  readonly attribution?: 'certain' | 'uncertain';
  readonly isBlocked: boolean;
  /** Ports that give an answer, at most. */
  readonly answers: number;
}

interface Row extends Expected {
  readonly tool: string;
  /** Of the tool; the target comes last. */
  readonly args: readonly string[];
  readonly family?: 'ipv4' | 'ipv6';
}

const NMAP = [
  ...['-n', '-Pn', '--disable-arp-ping', '--max-retries', '1', '--min-rate', '200', '--host-timeout', '20s'],
  ...['--max-rtt-timeout', '200ms', '--initial-rtt-timeout', '100ms'],
];
const nmap = (args: string, expected: Expected, ports = PORTS): Row => ({
  tool: 'nmap',
  args: [...args.split(' '), '-p', ports],
  ...expected,
});
const hping = (args: string, expected: Expected): Row => ({
  tool: 'hping3',
  args: [...args.split(' '), '-c', '20', '-i', 'u5000'],
  ...expected,
});

/** Whoever crosses the threshold has had the answers of three ports. */
const found = (kind: string | RegExp, more: Partial<Expected> = {}): Expected => ({
  kind,
  isBlocked: true,
  shape: 'vertical',
  answers: 3,
  ...more,
});
const unseen: Expected = { isBlocked: false, answers: 0 };

const ROWS: readonly Row[] = [
  nmap('-sS', found('syn')),
  // A port may be open, or not, before the threshold is crossed: nmap asks in an order of its own.
  nmap('-sT', found(/^(syn|connect)$/)),
  nmap('-sF', found('fin')),
  nmap('-sN', found('null')),
  nmap('-sX', found('xmas')),
  nmap('-sM', found('maimon')),
  nmap('-sA', found('ack')),
  nmap('-sW', found('ack')),
  nmap('-sU', found('udp'), '53,67,123,161,500,514,520'),
  nmap('-sS -f', found('fragment')),
  nmap('-sS --mtu 16', found('syn')),
  nmap('-sS -g 53', found('syn')),
  // Of all members of a group nobody knows who it really was. The first to cross, who is the scanner by chance, is told so at the end.
  nmap('-sS -D RND:5', found('syn', { shape: 'decoy', attribution: 'uncertain', answers: 4 })),
  nmap('-sS -O', found('syn')),
  nmap('-sT -sV', found(/^(syn|connect)$/)),
  // No stack answers it, and a firewall that does gives itself away: it is nobody's probe.
  nmap('-sS --badsum', unseen),
  { ...nmap('-6 -sS', found('syn')), family: 'ipv6' },
  { ...nmap('-6 -sU', found('udp'), '53,67,123,161,500,514,520'), family: 'ipv6' },
  { tool: 'masscan', args: ['-p1-40', '--rate', '200', '--wait', '1'], ...found('syn') },
  hping('-S -p ++1', found('syn')),
  hping('-F -p ++1', found('fin')),
  hping('-P -p ++1', found('odd')),
  hping('-U -p ++1', found('odd')),
  // The bits of ECN alone: without them nothing is set.
  hping('-X -p ++1', found('null')),
  hping('-Y -p ++1', found('null')),
  hping('-F -P -U -p ++1', found('xmas')),
  hping('-2 -p ++500', found('udp')),
  // Twenty forged sources with a port each.
  hping('-S --rand-source -p ++1', { ...unseen, answers: 0 }),
];

/** A scan, of the sources that matter, as `--format json` tells it. */
interface Told {
  readonly kind: string;
  readonly shape?: string;
  readonly attribution?: string;
}

interface Event {
  readonly event: { readonly action: string };
  readonly source?: { readonly ip: string };
  readonly scanward?: { readonly scan?: Told };
}

async function scan({ tool, args, family = 'ipv4' }: Row, attacker: Host, victim: Host): Promise<void> {
  const target = victim[family];
  const words: Record<string, readonly string[]> = {
    nmap: [...NMAP, ...args, target],
    masscan: [
      ...args,
      '--interface',
      'eth0',
      '--router-mac',
      macText(victim.mac),
      '--source-ip',
      attacker.ipv4,
      target,
    ],
    hping3: ['-n', '-q', ...args, target],
  };
  await run(attacker.ns, tool, words[tool]!);
}

const run = (ns: Namespace, tool: string, args: readonly string[]) =>
  ns.run(tool, args, { tolerant: true, timeoutMs: patience(40_000) });

/** Ports of the victim that said anything: SYN-ACK, RST or data; an ICMP error speaks for the port that it names. */
function answersIn(frames: readonly Uint8Array[], victim: Host): number {
  const ports = new Set<number>();
  for (const frame of frames) {
    const { source, sourcePort, destination } = parseFrame(frame);
    if (!source || !destination) continue;
    if (!isOf(source, victim)) continue;
    if (sourcePort !== undefined) ports.add(sourcePort);
    else if (isUnreachable(frame)) ports.add(frame[12] === 0x86 ? portAt(frame, 104) : portAt(frame, 64));
  }
  return ports.size;
}

const isOf = (address: Uint8Array, { mac }: Host): boolean =>
  Buffer.from(address).toString('hex').endsWith(mac[5]!.toString(16).padStart(2, '0'));

/** Of the datagram that an ICMP error speaks of. */
const portAt = (frame: Uint8Array, at: number): number => (frame[at]! << 8) | frame[at + 1]!;

function isUnreachable(frame: Uint8Array): boolean {
  const isIpv6 = frame[12] === 0x86;
  return isIpv6 ? frame[20] === 58 && frame[54] === 1 : frame[23] === 1 && frame[34] === 3;
}

/** They end in any order. */
const table = new Map<Row, string>();
afterAll(() => {
  const lines = ROWS.flatMap((row) => table.get(row) ?? []);
  process.stdout.write(`\n${lines.join('\n')}\n`);
});

test.concurrent.each(atPace(ROWS, []))('$tool $args', async (row) => {
  await using pair = await createPair();
  const { victim, attacker } = pair;
  await using _servers = await listen(victim.ns, OPEN);
  await using scanward = await Scanward.start(victim.ns, { args: ['--format', 'json', '-d', '500ms'] });
  await using seen = await capture(attacker.ns);
  await scan(row, attacker, victim);
  await sleep(1_200);
  const answers = answersIn(await seen.frames(), victim);
  expect(await scanward.stop()).toMatchObject({ exitCode: 0 });
  const own = attacker[row.family ?? 'ipv4'];
  const events = scanward.stdout.texts
    .map((text) => JSON.parse(text) as Event)
    .filter(({ source }) => source?.ip === own);
  const scans = events.flatMap(({ scanward: said }) => (said?.scan ? [said.scan] : []));
  const isBlocked = events.some(({ event }) => event.action === 'block');
  // What is known last: an update may say more than the first report.
  const told = scans.at(-1);
  const cell = (text: string | undefined) => text ?? '–';
  table.set(
    row,
    `| \`${row.tool} ${row.args.join(' ')}\` | ${told ? 'yes' : 'no'} | ${cell(told?.kind)} | ${cell(told?.shape)} | ` +
      `${cell(told?.attribution)} | ${isBlocked ? 'yes' : 'no'} | ${answers} |`,
  );
  const { kind, shape, attribution } = row;
  if (kind === undefined) expect(scans).toEqual([]);
  else expect(told).toMatchObject({ kind: expect.stringMatching(kind) as string });
  expect(told?.shape).toBe(shape);
  // Who answers an open port before he crosses the threshold is known.
  if (told?.attribution !== 'certain' || told.kind !== 'connect') expect(told?.attribution).toBe(attribution);
  expect(isBlocked).toBe(row.isBlocked);
  expect(answers).toBeLessThanOrEqual(row.answers);
});

test('without Scanward they learn all (the canary of these tests)', async () => {
  await using pair = await createPair();
  const { victim, attacker } = pair;
  await using _servers = await listen(victim.ns, OPEN);
  await using seen = await capture(attacker.ns);
  await scan(ROWS[0]!, attacker, victim);
  expect(answersIn(await seen.frames(), victim)).toBe(42);
});
