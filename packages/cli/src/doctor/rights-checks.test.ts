import { expect, test } from 'vitest';
import { checkCapabilities } from './rights-checks.ts';

test('what is held is said as it is held', () => {
  const found = (bits: string) => checkCapabilities({ status: `CapEff:\t${bits}\nCapBnd:\t${bits}\n` });
  const names = 'CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON';
  expect(found('000000c000001000')).toMatchObject({ state: 'ok', found: names });
  expect(found('0000000000200000')).toMatchObject({ state: 'ok', found: `CAP_SYS_ADMIN, which stands for ${names}` });
});
