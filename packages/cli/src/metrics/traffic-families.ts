import type { Figures } from '@scanward/daemon';
import { Verdict } from '@scanward/map-codec';
import { by, counter, type Family, gauge } from './family.ts';

/** What the program saw and what became of it, and what was made of that. */
export function trafficFamilies({ counters, scans, scansInProgress, probes }: Figures): Family[] {
  const of = (what: 'packets' | 'bytes') =>
    VERDICTS.map(({ labels, index }) => [labels, counters.verdicts[index]?.[what] ?? 0n] as const);
  return [
    counter(
      'connections',
      'Distinct incoming SYNs that were let through.',
      counters.verdicts[Verdict.PASS_CONNECTION]?.packets ?? 0n,
    ),
    counter('scans', 'Port scans detected.', by('shape', scans)),
    gauge('scans_in_progress', 'Port scans that are not over yet.', scansInProgress),
    counter('probes', 'Packets let through that asked about a port, by what they asked with.', by('kind', probes)),
    counter('packets', 'Packets by what became of them.', of('packets')),
    counter('bytes', 'Bytes of packets by what became of them.', of('bytes')),
  ];
}

/** `DROP_BLOCKED` is action `drop`, verdict `blocked`. */
const VERDICTS = Object.entries(Verdict).map(([name, index]) => {
  const [, action = '', verdict = ''] = /^(PASS|DROP)_(.+)$/.exec(name) ?? [];
  return { index, labels: { action: action.toLowerCase(), verdict: verdict.toLowerCase() } };
});
