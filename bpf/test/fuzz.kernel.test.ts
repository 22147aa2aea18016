/** Any packet at all: the blocked are dropped, the others pass, and every way through the parser is taken. */
import { Verdict } from '@scanward/map-codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frames, PacketJudge } from './any-packet.ts';
import { scaled, seedOfRun } from './scale.ts';

// Of this seed the first 320 packets take every way, of others more.
const ENOUGH_SEED = 49;
const PACKETS = scaled(20_000, 320);
const RUNS_AT_ONCE = scaled(50, 4);

/** What the test run cannot bring about, and why; the unit tests of @scanward/packet do. */
const OUT_OF_REACH = new Set([
  'ethernet-short', // a test run takes no frame under 14 bytes
  'ipv4-options-short', // needs a frame of several buffers whose first one ends within the IP options
  'tcp-options-not-linear', // the same within the TCP options
]);

test(`${PACKETS} packets: the blocked are dropped, the others pass, none aborts`, { timeout: 900_000 }, () => {
  const seed = seedOfRun(ENOUGH_SEED);
  using program = new PacketJudge();
  const property = fc.property(frames, (some) => void program.judge(some));
  for (let round = seed; program.packets < PACKETS; round++) {
    fc.assert(property, { seed: round, numRuns: RUNS_AT_ONCE });
  }

  const table = [
    `seed ${seed}, ${program.packets} packets`,
    ...Object.entries(Verdict).map(([name, verdict]) => `  ${name} ${program.verdicts.get(verdict)}`),
    ...[...program.branches].map(([name, times]) => `  ${name} ${times}`),
  ];
  process.stdout.write(`${table.join('\n')}\n`);
  for (const [name, verdict] of Object.entries(Verdict)) expect(program.verdicts.get(verdict), name).toBeGreaterThan(0);
  for (const [name, times] of program.branches) {
    if (OUT_OF_REACH.has(name)) expect(times, name).toBe(0);
    else expect(times, name).toBeGreaterThan(0);
  }
});
