import type { Namespace } from './namespace.ts';
import { patience } from './pace.ts';

/** What a scan learned. Open and closed ports are answers; filtered ones are silence. */
export interface ScanResult {
  /** False when nmap found no host at all: the neighbour did not even answer address resolution. */
  readonly up: boolean;
  readonly open: number[];
  /** How many ports were in each state. */
  readonly counts: Readonly<Record<string, number>>;
  /** Ports that gave an answer. */
  readonly answered: number;
  readonly tookMs: number;
}

export interface NmapOptions {
  /** `-sS`, `-sT`, ...; default `-sS`. */
  readonly technique?: string;
  /** Default `1-1024`. */
  readonly ports?: string;
  /** More options of nmap. */
  readonly args?: readonly string[];
  readonly timeoutMs?: number;
}

/** Counts the ports of nmap's XML by state: it lists rare states one by one and sums up the others. */
export function parseNmap(xml: string): Omit<ScanResult, 'tookMs'> {
  const counts: Record<string, number> = {};
  const open: number[] = [];
  for (const [, state, count] of xml.matchAll(/<extraports state="([^"]+)" count="(\d+)"/g)) {
    counts[state!] = (counts[state!] ?? 0) + Number(count);
  }
  for (const [, port, state] of xml.matchAll(/<port [^>]*portid="(\d+)"[^>]*><state state="([^"]+)"/g)) {
    counts[state!] = (counts[state!] ?? 0) + 1;
    if (state === 'open') open.push(Number(port));
  }
  const up = !/<hosts up="0" down="1"/.test(xml);
  if (up && Object.keys(counts).length === 0) throw new Error(`nmap told nothing of any port:\n${xml}`);
  return { up, open, counts, answered: (counts['open'] ?? 0) + (counts['closed'] ?? 0) };
}

/** Silence is believed after 200 ms (more when emulated) and one more try, so that a scan of a host that drops ends soon. */
const IMPATIENCE = [
  '--max-retries',
  '1',
  '--initial-rtt-timeout',
  `${patience(100)}ms`,
  '--max-rtt-timeout',
  `${patience(200)}ms`,
  '--min-rate',
  '1500',
];

/** Scans a host from a namespace with the real nmap. */
export async function nmap(ns: Namespace, target: string, options: NmapOptions = {}): Promise<ScanResult> {
  const { technique = '-sS', ports = '1-1024', args = [], timeoutMs = 60_000 } = options;
  const family = target.includes(':') ? ['-6'] : [];
  const begun = performance.now();
  const { stdout } = await ns.run(
    'nmap',
    [...family, '-n', '-Pn', technique, '-p', ports, ...IMPATIENCE, '-oX', '-', ...args, target],
    { timeoutMs },
  );
  return { ...parseNmap(stdout), tookMs: performance.now() - begun };
}
