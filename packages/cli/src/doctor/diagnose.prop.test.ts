import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_FEATURES, fakeFacts, fakeLink } from '../../test/fake-facts.ts';
import { plainStyle } from '../tables/style.ts';
import { widthOf } from '../tables/wrap.ts';
import { diagnose } from './diagnose.ts';
import { doctorLines } from './doctor-lines.ts';
import type { Facts, LinkFacts, Looked } from './facts.ts';

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom('0\n', '1\n', '2', '[none]', ''));
const file = fc.option(text, { nil: undefined });
const looked = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Looked<T>> =>
  fc.oneof(
    value.map((read) => ({ value: read })),
    text.map((unseen) => ({ unseen, remedy: 'mend it' })),
    fc.record({ refusal: fc.record({ exitCode: fc.constantFrom(1, 3, 4, 8), todo: text }) }),
  );
const path = text.map((name) => `/${name}`);
const place = fc.record({ path, isNamed: fc.boolean(), isWritable: fc.boolean() });
const features = fc
  .dictionary(fc.constantFrom(...Object.keys(ALL_FEATURES)), fc.boolean())
  .map((changes) => ({ ...ALL_FEATURES, ...changes, release: '6.1' }));

const link: fc.Arbitrary<LinkFacts> = fc
  .record(
    {
      up: fc.boolean(),
      loopback: fc.boolean(),
      mtu: fc.nat(),
      kind: fc.option(fc.constantFrom('veth', 'bridge', 'x'), { nil: undefined }),
      driver: fc.option(fc.oneof(text, fc.constantFrom('ena', 'ice', '__proto__')), { nil: undefined }),
      offloads: file,
      xdp: fc.array(fc.record({ programId: fc.nat(), mode: fc.constantFrom('native', 'generic', 'offloaded') })),
      watcher: looked(
        fc.option(fc.record({ name: text, pid: fc.option(fc.nat(), { nil: undefined }) }), { nil: undefined }),
      ),
    },
    { requiredKeys: [] },
  )
  .map((changes) => fakeLink(changes));

const facts: fc.Arbitrary<Facts> = fc
  .record(
    {
      release: text,
      status: text,
      limits: text,
      meminfo: file,
      jitEnable: file,
      jitHarden: file,
      unprivilegedBpf: file,
      lockdown: file,
      clocksource: file,
      hasBtf: fc.boolean(),
      addonError: file,
      object: looked(path),
      features: looked(features),
      bpffs: fc.tuple(place, fc.boolean()).map(([folder, isBpfFs]) => ({ ...folder, isBpfFs })),
      state: fc.option(place, { nil: undefined }),
      interfaces: looked(fc.array(fc.record({ name: text, link: fc.option(link, { nil: undefined }) }))),
    },
    { requiredKeys: [] },
  )
  .map((changes) => fakeFacts(changes));

test('whatever was read: a remedy for all that is not ok, an exit code for what is missing, and for nothing else', () => {
  fc.assert(
    fc.property(facts, (read) => {
      for (const { state, found, remedy, exitCode } of diagnose(read)) {
        expect((remedy ?? '') !== '').toBe(state !== 'ok');
        expect((exitCode ?? 0) > 0).toBe(state === 'missing');
        if (state !== 'missing') expect(found).not.toBe('');
      }
    }),
  );
});

test('the table has 80 columns and no control characters', () => {
  fc.assert(
    fc.property(facts, (read) => {
      const [heading, ...lines] = doctorLines(diagnose(read), { json: false, style: plainStyle });
      expect(heading).toMatch(/^CHECK/);
      for (const line of lines) {
        // The first column is never broken up.
        if (/ (?:ok|warning|missing)(?: |$)/.test(line)) expect(widthOf(line)).toBeLessThanOrEqual(80);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    }),
  );
});

test('JSON: as many objects as checks', () => {
  fc.assert(
    fc.property(facts, (read) => {
      const findings = diagnose(read);
      const lines = [...doctorLines(findings, { json: true, style: plainStyle })];
      expect(lines.map((line) => (JSON.parse(line) as { check: string }).check)).toEqual(
        findings.map(({ check }) => check),
      );
    }),
  );
});
