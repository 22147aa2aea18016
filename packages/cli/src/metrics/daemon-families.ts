import { DURATION_BOUNDS, type Figures, type LostTotal } from '@scanward/daemon';
import { counter, type Family, gauge, type Sample } from './family.ts';
import type { MetricsFigures } from './metrics-figures.ts';

/** How the daemon does. */
export function daemonFamilies({ daemon, interfaces, build }: MetricsFigures): Family[] {
  const lag = Object.entries(daemon.watchers).map(([watcher, { lagSeconds }]) => [{ watcher }, lagSeconds] as const);
  return [
    counter('lost', 'What could not be told, or was forgotten, by why.', lostValues(daemon.lost)),
    {
      name: 'scanward_watcher_duration_seconds',
      type: 'histogram',
      help: 'How long the passes of a watcher took.',
      samples: Object.entries(daemon.watchers).flatMap(durationSamples),
    },
    gauge('watcher_lag_seconds', 'How late the last pass of a watcher began.', lag),
    gauge(
      'attached',
      'Whether the program is attached to an interface that was asked for.',
      interfaces.map(({ name, isAttached }) => [{ interface: name }, isAttached ? 1 : 0]),
    ),
    gauge('build_info', 'Always 1; the labels say what was started.', [[build, 1]]),
    gauge('start_time_seconds', 'When the daemon started, since 1970.', daemon.startMs / 1_000),
  ];
}

/** All that can be lost, so that each is there from the start; blocks that are not made are `blocks_refused`. */
const LOSSES: Readonly<Partial<Record<LostTotal['what'], readonly LostTotal['cause'][]>>> = {
  connections: ['ring full', 'slow reader'],
  scans: ['ring full', 'slow reader', 'line limit'],
  'scan ends': ['slow reader', 'line limit'],
  blocks: ['slow reader', 'line limit'],
  unblocks: ['slow reader', 'line limit'],
  sources: ['tables full'],
};

function lostValues(lost: readonly LostTotal[]) {
  return Object.entries(LOSSES).flatMap(([what, causes]) =>
    causes.map((cause) => {
      const count = lost.find((each) => each.what === what && each.cause === cause)?.count ?? 0;
      return [{ what: label(what), cause: label(cause) }, count] as const;
    }),
  );
}

const label = (words: string): string => words.replaceAll(' ', '_');

function durationSamples([watcher, times]: [string, Figures['watchers']['tracking']]): Sample[] {
  const { within, count, sumSeconds } = times;
  return [
    ...DURATION_BOUNDS.map((bound, i) => bucket(watcher, String(bound), within[i] ?? 0)),
    bucket(watcher, '+Inf', count),
    { labels: { watcher }, value: sumSeconds, suffix: '_sum' },
    { labels: { watcher }, value: count, suffix: '_count' },
  ];
}

const bucket = (watcher: string, le: string, value: number): Sample => ({
  labels: { le, watcher },
  value,
  suffix: '_bucket',
});
