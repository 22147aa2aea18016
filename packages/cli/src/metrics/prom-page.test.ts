import { expect, test } from 'vitest';
import { figures, ZERO } from '../../test/metrics-figures.ts';
import { families } from './families.ts';
import { promPage } from './prom-page.ts';

test('a page has all families as they are now, and what there is to say of the process', async () => {
  let connections = 0n;
  let reads = 0;
  const verdicts = () =>
    ZERO.counters.verdicts.map((tally, i) => (i === 6 ? { ...tally, packets: connections } : tally));
  const page = await promPage(() => {
    reads++;
    return families(figures({ counters: { ...ZERO.counters, verdicts: verdicts() } }));
  });
  expect(page.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await page.text()).toContain('\nscanward_connections_total 0\n');
  connections = 12n;
  const before = reads;
  const text = await page.text();
  expect(reads).toBe(before + 1);
  expect(text).toMatch(/^# HELP scanward_connections_total Distinct .*\n# TYPE scanward_connections_total counter\n/);
  expect(text).toContain('\nscanward_connections_total 12\n');
  expect(text).toContain('scanward_scans_total{shape="vertical"} 0\n');
  expect(text).toContain('scanward_watcher_duration_seconds_bucket{le="+Inf",watcher="tracking"} 0\n');
  expect(text).toContain('scanward_build_info{version="1.2.3",kernel="6.1.0",mode="kernel"');
  expect(text).toContain('process_resident_memory_bytes');
  expect(text).not.toMatch(/eventloop|nodejs_active/);
});

test('figures that cannot be read are an error of that page, not of the next one', async () => {
  let isBroken = false;
  const page = await promPage(() => {
    if (isBroken) throw new Error('closed');
    return families(figures());
  });
  isBroken = true;
  await expect(page.text()).rejects.toThrow('closed');
  isBroken = false;
  expect(await page.text()).toContain('scanward_blocks');
});
