import {
  brief,
  buildNative,
  createPair,
  flood,
  leakSnapshot,
  leaksSince,
  type NativeTool,
  Scanward,
  atPace,
  patience,
} from '@scanward/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';

let tool: NativeTool;
beforeAll(async () => {
  tool = await buildNative('flood');
});
afterAll(() => tool[Symbol.asyncDispose]());

const ROUNDS = atPace(20, 1);

// Of SIGKILL the kernel matrix sees the scans and the pins.
test.each(atPace(['SIGTERM', 'SIGINT', 'SIGKILL'] as const, ['SIGTERM'] as const))(
  `%s at a random moment under load, ${ROUNDS} times: nothing is left`,
  { timeout: patience(180_000) },
  async (signal) => {
    await using pair = await createPair();
    const { victim, attacker } = pair;
    // The kernel matrix looks for leaks once, after all tests.
    const before = brief ? undefined : await leakSnapshot();
    const ends: unknown[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // Every other one while it starts, the rest while it works.
      const working = round % 2 === 0;
      const delayMs = Math.random() * (working ? 400 : 900);
      const options = { args: ['-t', '50ms', '-d', '100ms'] };
      await using scanward = working ? await Scanward.start(victim.ns, options) : Scanward.spawn(victim.ns, options);
      const load = flood(tool, attacker, victim, atPace(100_000, 5_000), round);
      await sleep(delayMs);
      scanward.signal(signal);
      const end = await scanward.ended();
      await load;
      ends.push(end);
      const told = `round ${round}, ${delayMs.toFixed(0)} ms: ${scanward.stderr.texts.join('\n')}`;
      if (signal === 'SIGKILL') expect(end, told).toMatchObject({ signal });
      else if (working) expect(end, told).toEqual({ exitCode: 0, signal: undefined });
      else expect([0, undefined], told).toContain(end.exitCode);
    }
    expect(ends).toHaveLength(ROUNDS);
    if (before !== undefined) expect(await leaksSince(before)).toEqual([]);
  },
);
