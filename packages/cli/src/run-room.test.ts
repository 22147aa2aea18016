import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fakeSystem } from '../test/fake-system.ts';
import { parseArguments } from './flags/program.ts';
import { run } from './run.ts';

// In a file of its own: tables of other tests that are thrown away meanwhile would be counted off.
test('in user mode the tables of the detector are told too', async () => {
  const fake = fakeSystem();
  const request = parseArguments(['run', '--mode', 'user', '--max-sources', '100000'], '1.2.3');
  if (request.command !== 'run') throw new Error('not run');
  const running = run(request.options, fake.host, fake.system);
  while (!fake.stderr.text.includes('attached to')) await sleep(1);
  fake.signal('SIGTERM');
  await running;
  // 32 ports of 10 bytes, and what is known of each source.
  const [, mebibytes] = /room for 100,000 sources .* up to (\d+) MiB in this process/.exec(fake.stderr.text) ?? [];
  expect(Number(mebibytes)).toBeGreaterThan((100_000 * 320) / 2 ** 20);
  expect(Number(mebibytes)).toBeLessThan((100_000 * 640) / 2 ** 20);
});
