import type { Figures, PassTimesValue } from '@scanward/daemon';
import { VERDICTS } from '@scanward/map-codec';
import type { MetricsFigures } from '../src/metrics/metrics-figures.ts';

const times: PassTimesValue = { within: [0, 0, 0, 0, 0], count: 0, sumSeconds: 0, lagSeconds: 0 };

/** Of a daemon that has just started. */
export const ZERO: Figures = {
  counters: {
    verdicts: Array.from({ length: VERDICTS }, () => ({ packets: 0n, bytes: 0n })),
    ...{ connectionsLost: 0n, scansLost: 0n, blocksMade: 0n, blocksRefused: 0n, blocksCapped: 0n },
    ...{ sourcesEvicted: 0n, singlesEvicted: 0n, synsEvicted: 0n },
  },
  startMs: 0,
  probes: { syn: 0, fin: 0, null: 0, xmas: 0, maimon: 0, ack: 0, odd: 0, udp: 0, fragment: 0 },
  scans: { vertical: 0, horizontal: 0, block: 0, slow: 0, distributed: 0, decoy: 0 },
  scansInProgress: 0,
  blocks: { made: { daemon: 0, operator: 0 }, ended: 0, refused: 0, capped: 0 },
  lost: [],
  allowed: 0,
  sources: undefined,
  watchers: { tracking: times, blocking: times, network: times },
};

export function figures(daemon: Partial<Figures> = {}): MetricsFigures {
  return {
    daemon: { ...ZERO, ...daemon },
    tables: { blocks: 0, nets: 0, max: { blocks: 65_536, nets: 65_536, allow: 4_096, sources: 65_536 } },
    interfaces: [{ name: 'eth0', isAttached: true }],
    build: { version: '1.2.3', kernel: '6.1.0', mode: 'kernel', response: 'block', evidence: 'any' },
  };
}
