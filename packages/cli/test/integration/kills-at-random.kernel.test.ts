import { atPace } from '@scanward/testkit';
import { expect, test } from 'vitest';
import { guarded } from './commands.ts';
import { KillRounds, type Tally } from './kill-rounds.ts';
import { Random } from './random.ts';

async function done(place: Awaited<ReturnType<typeof guarded>>, ...lines: string[]): Promise<void> {
  for (const line of lines) expect(await place.run(line), line).toMatchObject({ exitCode: 0, stderr: '' });
}

const MOMENTS = ['early', 'between', 'unpinned', 'writing', 'stopping'] as const satisfies readonly (keyof Tally)[];
/** Hosts whose daemons are killed side by side: half of a round is waiting for the moment. */
const HOSTS = atPace(2, 1);

/** So many rounds on a host of its own, and what came when. */
async function killed(rounds: number, seed: number): Promise<Tally> {
  await using place = await guarded('running');
  await done(place, 'block 10.77.0.60 --forever --reason first', 'block 10.77.190.0/28', 'allow add 10.77.0.61');
  expect(await place.daemon.stop()).toMatchObject({ exitCode: 0 });
  const killing = new KillRounds(place, new Random(seed));
  for (let round = 1; round <= rounds; round++) {
    try {
      await killing.kill();
      if (round % 10 === 0 || round === rounds) await killing.stop();
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}: ${String(error)}`, { cause: error });
    }
  }
  return killing.tally;
}

test('kills at random moments under scans: no block is lost, none comes back, no state file is broken', async () => {
  const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 0x7fffffff);
  const rounds = atPace(50, 3);
  // Each is to end and take its host away, though another has failed.
  const ends = await Promise.allSettled(Array.from({ length: HOSTS }, (_, host) => killed(rounds, seed + host)));
  const tallies = ends.map((end) => {
    if (end.status === 'rejected') throw new Error(`TEST_SEED=${seed}: ${String(end.reason)}`, { cause: end.reason });
    return end.value;
  });
  const kills = HOSTS * rounds;
  const tally = new Map(MOMENTS.map((moment) => [moment, tallies.reduce((sum, each) => sum + each[moment], 0)]));
  process.stdout.write(`seed ${seed}: ${kills} kills, ${JSON.stringify(Object.fromEntries(tally))}\n`);
  // Those that matter have come.
  if (kills < 100) return;
  for (const [moment, count] of tally) expect(count, moment).toBeGreaterThan(0);
  expect(Math.min(tally.get('early')!, kills - tally.get('early')!)).toBeGreaterThan(10);
}, 240_000);
