import { Verdict } from '@scanward/map-codec';
import { buildFrame, parseAddress } from '@scanward/packet';
import type { FloodedProgram, JudgedPacket } from './flooded-program.ts';

/** Of the default policy: the fourth port crosses the threshold. */
const PORTS = [22, 80, 443, 8_080] as const;
const AFTERWARDS = 8_443;
const NETWORK = 0x6440_0000; // 100.64.0.0/10, which no flood is drawn from
/** Not each scanner on its own: a repeated test run takes the kernel 30 ms to prepare, however short it is. */
const TROOPS = 4;

export interface HiddenScanners {
  readonly scanners: number;
  /** The number of the first one: so that the next ones are others. Default 0. */
  readonly first?: number;
  /** Forged SYNs between two probes of one scanner. */
  readonly floodPerProbe: number;
}

/** How many of them, of each kind. */
export interface Hidden {
  /** Dropped at the fourth port, and reported with exactly the four. */
  readonly found: number;
  /** And blocked: their next packet, after the flood, was dropped by the blocklist. */
  readonly shutOut: number;
  /** Dropped at an earlier port. */
  readonly early: number;
  /** The CPUs that ran their packets. */
  readonly cpus: readonly number[];
  /** Nanoseconds of one forged SYN, the test run's own included; NaN without a flood. */
  readonly floodSynNs: number;
}

const octets = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);

/** The address of a hidden scanner. */
export const scannerText = (index: number): string => octets(NETWORK + index).join('.');

/** A hidden scanner's probe of a port. */
export function scannerSyn(index: number, port: number): Uint8Array {
  return buildFrame({
    network: { kind: 'ipv4', source: scannerText(index), destination: '10.0.0.5' },
    transport: { kind: 'tcp', sourcePort: 40_000, destinationPort: port, sequence: port },
  });
}

function isFound(index: number, { verdict, scans }: JudgedPacket): boolean {
  const [scan, ...more] = scans;
  return (
    verdict === Verdict.DROP_THRESHOLD &&
    more.length === 0 &&
    scan?.source.join() === parseAddress(scannerText(index)).join() &&
    scan.ports.slice(0, scan.portsCount).join() === PORTS.toReversed().join()
  );
}

/** A part of the flood, and the scanners that send a probe each after it. */
interface Troop {
  readonly floodSyns: number;
  readonly scanners: readonly number[];
}

function troopsOf({ scanners, first = 0, floodPerProbe }: HiddenScanners): Troop[] {
  const part = (whole: number, i: number): number => Math.floor((i * whole) / TROOPS);
  return Array.from({ length: TROOPS }, (_, i) => {
    const begin = part(scanners, i);
    return {
      floodSyns: part(floodPerProbe, i + 1) - part(floodPerProbe, i),
      scanners: Array.from({ length: part(scanners, i + 1) - begin }, (_, k) => first + begin + k),
    };
  });
}

/**
 * Hides scanners in a flood: in four rounds each scanner asks for one port more, a few scanners at a time with their
 * share of the flood before them, so that `floodPerProbe` forged SYNs lie between two probes of one scanner.
 */
export function hideScanners(target: FloodedProgram, options: HiddenScanners): Hidden {
  const troops = troopsOf(options);
  const found: number[] = [];
  const cpus = new Set<number>();
  let early = 0;
  let ns = 0;
  for (const port of PORTS) {
    for (const { floodSyns, scanners } of troops) {
      ns += target.flood(floodSyns);
      for (const index of scanners) {
        const judged = target.run(scannerSyn(index, port));
        cpus.add(judged.cpu);
        if (port !== PORTS.at(-1)) early += Number(judged.verdict === Verdict.DROP_THRESHOLD);
        else if (isFound(index, judged)) found.push(index);
      }
    }
  }
  return {
    found: found.length,
    shutOut: found.filter((index) => target.run(scannerSyn(index, AFTERWARDS)).verdict === Verdict.DROP_BLOCKED).length,
    early,
    cpus: [...cpus],
    floodSynNs: ns / (PORTS.length * options.floodPerProbe),
  };
}
