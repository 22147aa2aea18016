/** fast-check arbitraries of what guests tell and of how cells end. */
import fc from 'fast-check';
import { SCAN_FILE } from '../src/scans.ts';
import type { Death, GuestEvent } from '../src/types.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const finite = fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0);

const boot = fc.record({
  event: fc.constant('boot' as const),
  release: fc.constantFrom('5.10.0-46-cloud-amd64', '6.1.0-40-cloud-amd64', '6.18.15', '7.3.4'),
  version: text,
  arch: fc.constantFrom('x86_64', 's390x'),
  endian: fc.constantFrom('little' as const, 'big' as const),
  cpus: fc.integer({ min: 1, max: 64 }),
  node: text,
  features: fc.dictionary(fc.constantFrom('JIT', 'BTF', 'bpf_link', 'XDP frags'), fc.boolean(), {
    noNullPrototype: true,
  }),
});

const test = fc.record(
  {
    event: fc.constant('test' as const),
    file: fc.constantFrom(SCAN_FILE, 'bpf/test/verdicts.kernel.test.ts'),
    name: fc.oneof(
      text,
      text.map((name) => `native ${name}`),
      text.map((name) => `generic ${name}`),
    ),
    state: fc.constantFrom('passed' as const, 'failed' as const, 'skipped' as const),
    ms: finite,
    why: text,
  },
  { requiredKeys: ['event', 'file', 'name', 'state', 'ms'] },
);

const ratio = fc.record({
  event: fc.constant('ratio' as const),
  what: text,
  median: finite,
  low: finite,
  high: finite,
});

const right = fc.record({
  event: fc.constant('right' as const),
  rights: text,
  user: text,
  exitCode: finite,
  says: text,
});

const trouble = fc.record({ event: fc.constant('trouble' as const), why: text });

/** Any event of a guest. */
export const guestEvent: fc.Arbitrary<GuestEvent> = fc.oneof(
  boot,
  test,
  ratio,
  right,
  trouble,
  fc.constant({ event: 'end' } as const),
);

export const death = fc.constantFrom<Death>('done', 'panic', 'timeout', 'no result', 'driver');
