import { atPace } from '@scanward/testkit';
import { expect, test } from 'vitest';
import { guarded } from './commands.ts';
import { KillRounds } from './kill-rounds.ts';
import { Random } from './random.ts';

async function done(place: Awaited<ReturnType<typeof guarded>>, ...lines: string[]): Promise<void> {
  for (const line of lines) expect(await place.run(line), line).toMatchObject({ exitCode: 0, stderr: '' });
}

test('kills at random moments under scans: no block is lost, none comes back, no state file is broken', async () => {
  const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 0x7fffffff);
  const rounds = atPace(100, 3);
  await using place = await guarded('running');
  await done(place, 'block 10.77.0.60 --forever --reason first', 'block 10.77.190.0/28', 'allow add 10.77.0.61');
  expect(await place.daemon.stop()).toMatchObject({ exitCode: 0 });
  const killing = new KillRounds(place, new Random(seed));
  for (let round = 1; round <= rounds; round++) {
    try {
      await killing.kill();
      if (round % 10 === 0 || round === rounds) await killing.stop();
    } catch (error) {
      throw new Error(`TEST_SEED=${seed}, round ${round}: ${String(error)}`, { cause: error });
    }
  }
  process.stdout.write(`seed ${seed}: ${rounds} kills, ${JSON.stringify(killing.tally)}\n`);
  // Those that matter have come.
  if (rounds >= 100) {
    const { early, ...others } = killing.tally;
    expect(Math.min(early, rounds - early)).toBeGreaterThan(10);
    for (const [moment, count] of Object.entries(others)) expect(count, moment).toBeGreaterThan(0);
  }
}, 240_000);
