import { expect, test } from 'vitest';
import { daemonPolicy } from './policy-choice.ts';
import { policyOf } from './policy-flags.ts';

test('what is chosen reaches the daemon, times in milliseconds', () => {
  const limits = { addressLimit: { windowS: 300, limit: 8 }, distributedLimit: { windowS: 60, limit: 9 } };
  const given = { probation: 90_000_000_000n, blockTtl: 1_500_000n, window: 2_000_000_000n, ...limits };
  expect(daemonPolicy(policyOf({ ...given, maxNewBlocks: 7, evidence: 'closed' }))).toMatchObject({
    ...{ probationMs: 90_000, blockTtlMs: 1.5, windowMs: 2_000, maxNewBlocks: 7, evidence: 'closed' },
    ...limits,
    ...{ protect: [], mode: 'kernel', response: 'block', keepEstablished: true },
  });
});
