/**
 * The program and its reference in TypeScript see the same traces; verdict of each packet, records, blocks, tables of
 * sources and SYNs, and counters must be the same.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PinnedCpus } from './pinned.ts';
import { loadForTraces, replay } from './replay.ts';
import { ENOUGH_SEED, ENOUGH_TRACES, scaled, seedOfRun } from './scale.ts';
import { trace } from './trace.ts';
import type { TestProgram } from '@scanward/testkit';

const TRACES = scaled(1_200, ENOUGH_TRACES);

let program: TestProgram;
let cpus: PinnedCpus;
beforeAll(() => {
  program = loadForTraces();
  cpus = new PinnedCpus();
});
afterAll(() => {
  program.close();
  cpus[Symbol.dispose]();
});

test(`${TRACES} traces: the program does what the reference does`, { timeout: 900_000 }, () => {
  const seed = seedOfRun(ENOUGH_SEED);
  const start = performance.now();
  const pinned = cpus.numbers.map(() => 0);
  let packets = 0;
  const property = fc.property(trace, (one) => {
    const played = replay(one, program, cpus);
    packets += played.packets;
    played.pinned.forEach((count, place) => (pinned[place]! += count));
  });
  fc.assert(property, { numRuns: TRACES, seed });
  const seconds = (performance.now() - start) / 1_000;
  const rate = Math.round(packets / seconds);
  const onCpus = cpus.numbers.map((cpu, place) => `${pinned[place]} on CPU ${cpu}`).join(', ');
  process.stdout.write(
    `seed ${seed}: ${TRACES} traces, ${packets} packets (${onCpus}) in ${seconds.toFixed(1)} s, ${rate} a second\n`,
  );
  expect(packets).toBeGreaterThan(TRACES);
  expect(Math.min(...pinned)).toBeGreaterThan(TRACES);
});
