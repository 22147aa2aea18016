import type { Metric, Registry } from 'prom-client';
import type { Family } from './family.ts';
import type { Page } from './page.ts';

/**
 * The page of these families and of what prom-client knows of the process. The library is loaded only now: it takes some
 * twenty milliseconds.
 *
 * @param read called once a page; always of the same families
 */
export async function promPage(read: () => readonly Family[]): Promise<Page> {
  const client = await import('prom-client');
  const registry = new client.Registry();
  let now = new Map<string, Family>();
  const take = () => {
    now = new Map(read().map((family) => [family.name, family]));
  };
  take();
  for (const family of now.values()) registry.registerMetric(asMetric(family.name, () => now.get(family.name)!));
  client.collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS });
  leaveOut(registry);
  return {
    contentType: registry.contentType,
    text: async () => {
      take();
      return registry.metrics();
    },
  };
}

/** The library measures the event loop by a timer; at its usual 10 ms it would wake a daemon that has nothing to do. */
const NEVER_MS = 2 ** 31 - 1;
/** The event loop's lag is that of the watchers; the others are named as counters and are none. */
const LEFT_OUT = /^nodejs_(?:eventloop_lag|active)_/;

function leaveOut(registry: Registry): void {
  for (const { name } of registry.getMetricsAsArray()) if (LEFT_OUT.test(name)) registry.removeSingleMetric(name);
}

/** A registry asks its metrics for their name, and for this. */
function asMetric(name: string, family: () => Family): Metric {
  const get = () => Promise.resolve(withValues(family()));
  return { name, get } as unknown as Metric;
}

function withValues({ name, type, help, samples }: Family) {
  const values = samples.map(({ labels, value, suffix = '' }) => ({ labels, value, metricName: `${name}${suffix}` }));
  return { name, help, type, values };
}
