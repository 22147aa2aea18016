/** `make fuzz`: see tools/fuzz.sh, which starts it. */
import { repositoryFile } from '@scanward/testkit';
import { relative } from 'node:path';
import { expect, test } from 'vitest';
import { mutatedObject } from '../../packages/bpf-object/test/mutate.ts';
import { outcome } from '../../packages/bpf-object/test/outcome.ts';
import { frames, PacketJudge } from './any-packet.ts';
import { fuzz, replayCase, type Campaign } from './campaign.ts';
import { PinnedCpus } from './pinned.ts';
import { loadForTraces, replay } from './replay.ts';
import { trace, type Trace } from './trace.ts';

const file = process.env['FUZZ_REPLAY'];
const forMs = 1_000 * Number(process.env['FUZZ_SECONDS'] ?? 60);
const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 0x7fffffff);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

test('fuzz', { timeout: 0 }, () => {
  using program = loadForTraces();
  using cpus = new PinnedCpus();
  using judge = new PacketJudge();
  const traces: Campaign<Trace> = {
    name: 'traces',
    unit: 'packets of traces',
    cases: trace,
    runs: 500,
    play: (one) => replay(one, program, cpus).packets,
  };
  const packets: Campaign<Uint8Array[]> = {
    name: 'packets',
    unit: 'packets',
    cases: frames,
    runs: 300,
    play: (some) => judge.judge(some),
  };
  const objects: Campaign<Uint8Array> = {
    name: 'objects',
    unit: 'objects',
    cases: mutatedObject,
    runs: 3_000,
    play: (bytes) => (outcome(bytes), 1),
  };
  const campaigns = [traces, packets, objects] as Campaign[];
  if (file !== undefined) {
    replayCase(file, campaigns);
    say(`${file}: does not fail any more`);
    return;
  }
  const failed = fuzz({ campaigns, forMs, seed, folder: repositoryFile('test-results'), say });
  expect(failed && `make fuzz REPLAY=${relative(repositoryFile('.'), failed)}`).toBeUndefined();
});
