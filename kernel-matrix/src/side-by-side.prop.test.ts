import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Need, sideBySide } from './side-by-side.ts';

interface Job extends Need {
  readonly id: number;
  readonly turns: number;
}

const jobs = fc
  .array(
    fc.record(
      { cores: fc.integer({ min: 1, max: 4 }), turns: fc.nat(5), alone: fc.constantFrom('native', 'other') },
      { requiredKeys: ['cores', 'turns'] },
    ),
    { maxLength: 12 },
  )
  .map((all): Job[] => all.map((job, id) => ({ id, ...job })));

const never = new AbortController().signal;

async function turns(n: number): Promise<void> {
  for (let turn = 0; turn < n; turn++) await Promise.resolve();
}

it('runs each once, never takes more cores than there are, and lets those that must be alone be so', async () => {
  await fc.assert(
    fc.asyncProperty(jobs, fc.integer({ min: 1, max: 4 }), async (all, cores) => {
      const running = new Set<Job>();
      const ran: number[] = [];
      const run = async (job: Job): Promise<void> => {
        running.add(job);
        ran.push(job.id);
        const taken = [...running].reduce((sum, other) => sum + Math.min(other.cores, cores), 0);
        expect(taken).toBeLessThanOrEqual(cores);
        const words = [...running].flatMap(({ alone }) => alone ?? []);
        expect(new Set(words).size).toBe(words.length);
        await turns(job.turns);
        running.delete(job);
      };
      await sideBySide(all, cores, (job) => job, run, never);
      expect(ran.sort((a, b) => a - b)).toEqual(all.map(({ id }) => id));
      expect(running.size).toBe(0);
    }),
  );
});

it('leaves no core idle that an item which waits could have', async () => {
  const release: (() => void)[] = [];
  const started: string[] = [];
  const run = async (item: { name: string }): Promise<void> => {
    started.push(item.name);
    await new Promise<void>((resolve) => release.push(resolve));
  };
  const items = ['a', 'b', 'c'].map((name) => ({ name }));
  const all = sideBySide(items, 2, () => ({ cores: 1 }), run, never);
  expect(started).toEqual(['a', 'b']);
  release[1]!();
  await turns(9);
  expect(started).toEqual(['a', 'b', 'c']);
  for (const resolve of release) resolve();
  await all;
});

it('starts none after an abort, and waits for those that run', async () => {
  await fc.assert(
    fc.asyncProperty(jobs, fc.integer({ min: 1, max: 4 }), fc.nat(12), async (all, cores, before) => {
      const abort = new AbortController();
      let running = 0;
      let started = 0;
      const run = async (job: Job): Promise<void> => {
        expect(abort.signal.aborted).toBe(false);
        running++;
        if (++started > before) abort.abort();
        await turns(job.turns);
        running--;
      };
      await sideBySide(all, cores, (job) => job, run, abort.signal);
      expect(running).toBe(0);
      expect(started).toBe(Math.min(all.length, before + 1));
    }),
  );
});
