import { lostText } from '../commands/status-text.ts';
import { lostStatus, policyStatus } from '../commands/status.ts';
import { localSecond } from '../tables/local-time.ts';
import { counted, grouped } from '../tables/count.ts';
import { shortSpan } from '../tables/span.ts';
import type { Frame } from './frame.ts';
import { clip, type Line, span, spread, type Tone } from './line.ts';
import { cell } from './places.ts';
import { rateText } from './rate-text.ts';
import { droppedOf, type Rates, tally } from './rates.ts';
import { sparkline } from './sparkline.ts';
import { Verdict } from '@scanward/map-codec';

const LABEL = 14;
const RATE = 7;
const MOST = 12;
const WIDE_FROM = 100;
/** A survey older than this is said to be. */
const OLD_NS = 3_000_000_000n;

const MEASURES: readonly { readonly label: string; readonly of: keyof Rates; readonly tone: Tone }[] = [
  { label: 'connections/s', of: 'connections', tone: 'good' },
  { label: 'probes/s', of: 'probes', tone: 'warning' },
  { label: 'drops/s', of: 'dropped', tone: 'bad' },
];

/** Who and where: one line for the instance and its daemon, one for its interfaces and its policy. */
export function titleLines(frame: Frame, isPaused: boolean, width: number): Line[] {
  const { name, daemon, now, survey } = frame;
  const guard = daemon
    ? span(`daemon running${daemon.pid === undefined ? '' : ` (pid ${daemon.pid})`}`, 'good')
    : span('no daemon: blocks go on, nothing is printed', 'warning');
  const paused = isPaused ? [span('PAUSED', 'warning'), span('  ')] : [];
  const ageNs = survey ? now.monotonicNs - survey.atNs : 0n;
  const age = ageNs >= OLD_NS ? [span(`tables ${shortSpan(ageNs)} old`, 'faint')] : [];
  return [
    spread(
      [span('scanward ', 'heading'), span(name, 'heading'), span('  '), guard],
      [...paused, span(localSecond(now.wallMs))],
      width,
    ),
    spread(
      [span(linksText(frame), frame.links.length > 0 ? 'plain' : 'warning'), span(` · ${policyText(frame)}`)],
      age,
      width,
    ),
  ];
}

function linksText({ links }: Frame): string {
  const texts = links.map(({ interface: name, mode }) => `${name} ${mode ?? 'gone'}`);
  return texts.join(', ') || 'nothing attached';
}

function policyText({ policy }: Frame): string {
  const { mode, response, threshold, evidence, window_seconds, block_ttl_seconds } = policyStatus(policy);
  const ports = evidence === 'closed' ? 'closed ports' : 'ports';
  const ttl = block_ttl_seconds === null ? 'for ever' : `for ${lasting(block_ttl_seconds)}`;
  return `mode ${mode}: over ${threshold} ${ports} in ${lasting(window_seconds)}, ${response === 'block' ? `block ${ttl}` : 'log'}`;
}

const lasting = (seconds: number): string =>
  seconds < 1 ? `${seconds}s` : shortSpan(BigInt(Math.round(seconds * 1e9)));

/** The rates of the last minutes, as many as there is room for. */
export function sparkLines({ history }: Frame, width: number): Line[] {
  const room = width - LABEL - RATE - 2 - MOST;
  return MEASURES.map(({ label, of, tone }) => {
    const values = history.map((rates) => rates[of]);
    const shown = room > 0 ? values.slice(-room) : [];
    const last = values.at(-1);
    return clip(
      [
        span(cell(label, LABEL), 'heading'),
        span(cell(last === undefined ? '-' : rateText(last), RATE, 'right')),
        span('  '),
        span(sparkline(shown, room), tone),
        span(cell(shown.length > 0 ? `max ${rateText(Math.max(...shown))}` : '', MOST, 'right'), 'faint'),
      ],
      width,
    );
  });
}

/** The same in one line, where there is no room for more. */
export function rateLine({ history }: Frame, width: number): Line {
  const last = history.at(-1);
  return clip(
    MEASURES.flatMap(({ label, of }) => [span(`${label} `, 'heading'), span(`${last ? rateText(last[of]) : '-'}  `)]),
    width,
  );
}

/** What was counted since the maps were made, and lost. */
export function totalLines({ counters, maxBlocks }: Frame, width: number): Line[] {
  const { packets } = droppedOf(counters);
  const connections = tally(counters, Verdict.PASS_CONNECTION).packets;
  const room = width < WIDE_FROM ? '' : ` (room for ${grouped(maxBlocks)} at a time)`;
  const made = `${counted(counters.blocksMade, 'block')} made${room}`;
  const lost = lostText(lostStatus(counters));
  const totals = `${counted(connections, 'connection')}, ${counted(packets, 'packet')} dropped, ${made}`;
  if (lost === 'nothing') return [clip([span(totals), span(', lost nothing')], width)];
  return [clip([span(totals)], width), clip([span(`lost ${lost}`, 'warning')], width)];
}
