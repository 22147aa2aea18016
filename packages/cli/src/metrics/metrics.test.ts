import type { Log } from '@scanward/daemon';
import { expect, test } from 'vitest';
import { FakeMetrics } from '../../test/fake-metrics.ts';
import { figures } from '../../test/metrics-figures.ts';
import { Metrics } from './metrics.ts';
import type { MetricsChoice } from './where.ts';

function started(choice: MetricsChoice) {
  const done: string[] = [];
  const said: string[] = [];
  const log: Log = { info: (text) => said.push(text), warn: (text) => said.push(`warning: ${text}`) };
  const ports = new FakeMetrics(done);
  return { done, said, ports, metrics: new Metrics(choice, ports, { monotonicNs: () => 0n }, log) };
}
const get = { method: 'GET', url: '/metrics' };

test('named: listened on at once, answered from when there is something to show', async () => {
  const { ports, said, metrics } = started({ kind: 'tcp', address: '::1', port: 0 });
  await metrics.openNamed();
  expect(said).toEqual(['metrics at http://[::1]:4/metrics']);
  expect((await ports.ask!(get)).status).toBe(503);
  await metrics.show(() => figures());
  expect(await ports.ask!(get)).toMatchObject({ status: 200, body: expect.stringContaining('scanward_') as string });
  metrics.close();
  metrics.close();
  expect(ports.ask).toBeUndefined();
});

test('by default: only from when there is something to show', async () => {
  const { done, said, ports, metrics } = started(undefined);
  await metrics.openNamed();
  expect(done).toEqual([]);
  await metrics.show(() => figures());
  expect((await ports.ask!(get)).status).toBe(200);
  expect(said).toEqual(['metrics at http://127.0.0.1:9464/metrics']);
});

test('off: never', async () => {
  const { done, said, metrics } = started('off');
  await metrics.openNamed();
  await metrics.show(() => figures());
  metrics.close();
  expect([...done, ...said]).toEqual([]);
});

test('a library that fails costs the metrics, and nothing else', async () => {
  const { done, said, ports, metrics } = started({ kind: 'unix', path: '/x' });
  ports.pageRefusal = new Error('broken');
  await metrics.openNamed();
  await metrics.show(() => figures());
  expect(said.at(-1)).toBe('warning: no metrics (Error: broken): report this');
  expect(done).toEqual(['listen unix:/x', 'deaf']);
});
