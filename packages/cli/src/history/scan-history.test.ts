import type { DaemonEvent } from '@scanward/daemon';
import { expect, test } from 'vitest';
import { type HistoryStore, ScanHistory } from './scan-history.ts';

const told = { source: '192.0.2.56', sourcePrefix: '192.0.2.56', destination: '10.0.0.5', ports: [1] };
const scanEnd = (timeMs: number): DaemonEvent => ({
  ...{ kind: 'scan end', timeMs, ...told, firstMs: 0, lastMs: 0, portsCount: 1 },
  ...{ open: undefined, openCount: 0, dropped: undefined },
});

/** A disk that takes lines only when it is told to. */
function newDisk() {
  const disk = {
    writes: [] as string[],
    isFull: false,
    take: () => {},
    isSlow: false,
  };
  const store: HistoryStore = {
    name: '/x/scans.jsonl',
    append: async (lines) => {
      if (disk.isSlow) await new Promise<void>((resolve) => (disk.take = resolve));
      if (disk.isFull) throw new Error('ENOSPC');
      disk.writes.push(lines);
    },
  };
  const warnings: string[] = [];
  const log = { info: () => undefined, warn: (text: string) => void warnings.push(text) };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { disk, warnings, settled, history: new ScanHistory(store, log) };
}
const count = (writes: readonly string[]) => writes.join('').split('\n').length - 1;

test('scans that have ended are kept, those told together at once, and nothing else', async () => {
  const { disk, history } = newDisk();
  history.take({ kind: 'scan', timeMs: 0, ...told, interface: 'e' });
  history.take(scanEnd(1));
  history.take({ kind: 'distributed scan', timeMs: 2, ports: [1], portsCount: 70, sourcesCount: 20, windowS: 600 });
  history.take(scanEnd(3));
  await history.close();
  expect(disk.writes).toHaveLength(1);
  expect(count(disk.writes)).toBe(3);
});

test('a disk that is slow holds nobody up; what comes meanwhile is kept, as far as there is room', async () => {
  const { disk, warnings, settled, history } = newDisk();
  disk.isSlow = true;
  history.take(scanEnd(0));
  await settled();
  for (let n = 0; n < 10_000; n++) history.take(scanEnd(n));
  expect(disk.writes).toEqual([]);
  disk.isSlow = false;
  disk.take();
  await history.close();
  expect(count(disk.writes)).toBe(1 + 8_192);
  expect(warnings).toEqual(['writing the history of scans /x/scans.jsonl: 1808 scans came too fast: some are missing']);
});

test('a full disk is warned of once, and when there is room again scans are kept again', async () => {
  const { disk, warnings, settled, history } = newDisk();
  disk.isFull = true;
  for (let n = 0; n < 3; n++) {
    history.take(scanEnd(n));
    await settled();
  }
  expect(warnings).toEqual(['writing the history of scans /x/scans.jsonl: ENOSPC: some are missing']);
  disk.isFull = false;
  history.take(scanEnd(3));
  await history.close();
  expect(count(disk.writes)).toBe(1);
  disk.isFull = true;
  history.take(scanEnd(4));
  await history.close();
  expect(warnings).toHaveLength(2);
});
