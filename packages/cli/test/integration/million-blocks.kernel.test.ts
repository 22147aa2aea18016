import { atPace, patience, scanwardBin } from '@scanward/testkit';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Guarded, guarded } from './commands.ts';
import { withInstance } from './pinned.ts';

const BLOCKS = atPace(1_000_000, 50_000);
const RSS_MAX_MIB = 250;

const address = (i: number): Uint8Array =>
  Uint8Array.of(...new Uint8Array(10), 0xff, 0xff, 20 + (i >>> 24), (i >>> 16) & 0xff, (i >>> 8) & 0xff, i & 0xff);

/** Runs a command, counts its lines, and watches the most memory that it ever had. */
async function listed(bpffs: string, line: string): Promise<{ lines: number; peakMiB: number; seconds: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [scanwardBin, ...line.split(' '), '--bpffs', bpffs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peakKiB = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
      peakKiB = Math.max(peakKiB, Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0));
    } catch {
      // It is over.
    }
  }, 20);
  let lines = 0;
  createInterface({ input: child.stdout }).on('line', () => lines++);
  await once(child, 'close');
  clearInterval(watch);
  return { lines, peakMiB: Math.round(peakKiB / 1_024), seconds: (performance.now() - started) / 1_000 };
}

const fill = ({ bpffs }: Guarded) =>
  withInstance(bpffs, ({ blocks }) => {
    for (let i = 0; i < BLOCKS; i++) {
      if (!blocks.add(address(i), 128, { startNs: 1n, expiryNs: 0n, reason: 'scan' })) throw new Error(`full at ${i}`);
    }
  });

test(`${BLOCKS} blocks`, { timeout: patience(180_000) }, async () => {
  // Scans may fill all but one in 64.
  await using place = await guarded('dead', ['--max-blocks', String(Math.ceil(BLOCKS * 1.02))]);
  fill(place);

  const json = await listed(place.bpffs, 'blocks --json');
  const text = await listed(place.bpffs, 'blocks');
  const most = await listed(place.bpffs, 'blocks --sort packets --limit 10 --json');
  for (const [what, { lines, peakMiB, seconds }] of Object.entries({ json, text, most })) {
    process.stdout.write(`blocks (${what}): ${lines} lines, at most ${peakMiB} MiB, ${seconds.toFixed(1)} s\n`);
  }
  expect([json.lines, text.lines, most.lines]).toEqual([BLOCKS, BLOCKS + 1, 10]);
  for (const { peakMiB } of [json, text, most]) {
    expect(peakMiB).toBeGreaterThan(0);
    expect(peakMiB).toBeLessThan(RSS_MAX_MIB);
  }

  const one = '20.0.0.7';
  const bytes = await place.syns(one, [1, 2, 3, 4, 5]);
  const ofOne = async () => place.objects(`blocks --filter net=${one}`);
  expect(await ofOne()).toMatchObject([{ address: one, packets: 5, bytes }]);
  const [status] = await place.objects('status');
  expect(status).toMatchObject({ dropped: { packets: 5, bytes }, blocks: { sources: BLOCKS } });
  expect(await place.run(`unblock ${one} --no-state`)).toMatchObject({ exitCode: 0 });
  await place.syns(one, [6]);
  expect(await place.objects('status')).toMatchObject([
    { dropped: { packets: 5, bytes }, blocks: { sources: BLOCKS - 1 } },
  ]);
  expect(await ofOne()).toEqual([]);
});
