import { expect, test } from 'vitest';
import { fakeFacts, fakeLink } from '../../test/fake-facts.ts';
import { fakeSystem } from '../../test/fake-system.ts';
import { doctor, type DoctorOptions } from './doctor.ts';
import type { Facts } from './facts.ts';

const options: DoctorOptions = {
  interfaces: [],
  place: { bpffs: undefined, name: 'default' },
  state: undefined,
  json: false,
};

/** What is printed, and what it ends with. */
async function asked(facts: Facts, changes: Partial<DoctorOptions> = {}) {
  const { host, stdout } = fakeSystem();
  const refusal = await doctor({ ...options, ...changes }, host, () => facts).then(
    () => 'nothing is missing',
    (error: unknown) => error as Error & { exitCode: number },
  );
  return { text: stdout.text, refusal };
}

const ill = fakeFacts({
  jitEnable: '0',
  status: 'CapEff:\t0\nCapBnd:\t000001ffffffffff\n',
  interfaces: {
    value: [
      { name: 'eth0', link: fakeLink({ xdp: [{ programId: 5, mode: 'native' }] }) },
      { name: 'wlp0s20f3\u001b[1m', link: undefined },
    ],
  },
});

test('nothing missing', async () => {
  const { text, refusal } = await asked(fakeFacts());
  expect(refusal).toBe('nothing is missing');
  await expect(text).toMatchFileSnapshot('golden/healthy.txt');
});

test('the exit code of the first that is missing, after the whole table', async () => {
  const { text, refusal } = await asked(ill);
  expect(refusal).toMatchObject({
    exitCode: 3,
    message:
      'checking this host (capabilities): CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF missing: run it as root (sudo) (and 2 more, see above)',
  });
  await expect(text).toMatchFileSnapshot('golden/ill.txt');
});

test('JSON: an object for each check', async () => {
  const { text } = await asked(ill, { json: true });
  await expect(text).toMatchFileSnapshot('golden/ill.jsonl');
});

test('a warning alone is no failure', async () => {
  const { text, refusal } = await asked(fakeFacts({ jitEnable: '0' }));
  expect([refusal, text]).toEqual(['nothing is missing', expect.stringContaining('warning')]);
});
