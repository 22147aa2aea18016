/** A source whose packets arrive on several CPUs at once is counted exactly. */
import { atPace, needsCpus } from '@scanward/testkit';
import { expect, test } from 'vitest';
import { hammer, hammerBlocks, UNBROKEN, UNBROKEN_BLOCKS } from './hammer.ts';

const SYNS = Math.round(atPace(1_000_000, 40_000) * Number(process.env['TEST_SCALE'] ?? 1));

test(
  `${SYNS} SYNs on 2 CPUs: no touch is lost, none passes beyond the threshold`,
  { timeout: 900_000 },
  async (context) => {
    needsCpus(context, 2);
    expect(await hammer(SYNS)).toEqual(UNBROKEN);
  },
);

const BLOCKS = Math.round(atPace(50_000, 4_000) * Number(process.env['TEST_SCALE'] ?? 1));

test(
  `${BLOCKS} sources blocked on 2 CPUs at once: each has one block, and they are counted`,
  {
    timeout: 900_000,
  },
  async (context) => {
    needsCpus(context, 2);
    expect(await hammerBlocks(BLOCKS)).toEqual(UNBROKEN_BLOCKS);
  },
);
