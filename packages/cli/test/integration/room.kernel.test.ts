import { atPace, createPair, Scanward } from '@scanward/testkit';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Kernel memory of all maps that a process holds, as the kernel counts it. */
function mapBytes(pid: number): number {
  const bytes = new Map<string, number>();
  const number = (info: string, name: string) => new RegExp(`^${name}:\\s*(\\d+)$`, 'm').exec(info)?.[1];
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    const info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
    // By its number: who waits for a ring has a second descriptor of it.
    const id = number(info, 'map_id');
    if (id !== undefined) bytes.set(id, Number(number(info, 'memlock')));
  }
  return [...bytes.values()].reduce((sum, each) => sum + each, 0);
}

/** The figures of the line: kernel memory, and memory of the process. */
async function told(args: readonly string[], room: string): Promise<{ kernel: number; own: number; counted: number }> {
  await using pair = await createPair();
  await using scanward = await Scanward.start(pair.victim.ns, { args });
  const line = scanward.stderr.matching(new RegExp(`^scanward: ${room}: `))[0] ?? '';
  const figure = (what: string) => Number(new RegExp(`(\\d+) MiB ${what}`).exec(line)?.[1]);
  return {
    kernel: figure('of kernel memory'),
    own: figure('in this process'),
    counted: mapBytes(scanward.pid) / 2 ** 20,
  };
}

/** A start, and whether it told what the kernel counts. */
async function checked(args: readonly string[], room: string) {
  const figures = await told(args, room);
  // A kernel from 5.11 to 6.3 counts no ring: 9 MiB of both.
  expect(figures.kernel).toBeGreaterThanOrEqual(figures.counted);
  expect(figures.kernel).toBeLessThanOrEqual(figures.counted + 10);
  return figures;
}

test('what the tables cost is told at the start, as the kernel counts it', async () => {
  const count = atPace(500_000, 200_000);
  const shown = count.toLocaleString('en');
  const args = ['--mode', 'user', '--max-sources', String(count), '--max-blocks', String(count)];
  const large = await checked(args, `room for ${shown} sources and ${shown} blocks`);
  expect(large.own).toBeGreaterThan((count * 320) / 2 ** 20);
  expect(large.kernel).toBeGreaterThan(100);
});

test('small tables cost little, where the program counts for itself', async () => {
  const small = await checked(
    ['--max-sources', '1000', '--max-blocks', '1000'],
    'room for 1,000 sources and 1,000 blocks',
  );
  expect(small.own).toBeLessThan(8);
  expect(small.kernel).toBeLessThan(50);
});
