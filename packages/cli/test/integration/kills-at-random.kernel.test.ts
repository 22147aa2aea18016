import { atPace } from '@scanward/testkit';
import { expect, test } from 'vitest';
import { guarded } from './commands.ts';
import { KillRounds, type Tally } from './kill-rounds.ts';
import { Random } from './random.ts';

async function done(place: Awaited<ReturnType<typeof guarded>>, ...lines: string[]): Promise<void> {
  for (const line of lines) expect(await place.run(line), line).toMatchObject({ exitCode: 0, stderr: '' });
}

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

const together = (some: Tally, more: Tally): Tally => ({
  early: some.early + more.early,
  between: some.between + more.between,
  unpinned: some.unpinned + more.unpinned,
  writing: some.writing + more.writing,
  stopping: some.stopping + more.stopping,
});

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
  const tally = tallies.reduce(together);
  process.stdout.write(`seed ${seed}: ${kills} kills, ${JSON.stringify(tally)}\n`);
  // Those that matter have come.
  if (kills < 100) return;
  const { early, ...others } = tally;
  expect(Math.min(early, kills - early)).toBeGreaterThan(10);
  for (const [moment, count] of Object.entries(others)) expect(count, moment).toBeGreaterThan(0);
}, 240_000);
