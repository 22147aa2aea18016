import { policyValue } from '@scanward/daemon';
import { VERDICTS } from '@scanward/map-codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Frame } from './frame.ts';
import { placesOfLine, textOf } from './line.ts';
import { colourPaint } from './paint.ts';
import { placesOf } from './places.ts';
import { plainLine } from './plain-line.ts';
import type { BlockRow, SourceRow } from './rows.ts';
import { screenText } from './screen-text.ts';
import { INITIAL_UI, type Ui } from './ui.ts';
import { view } from './view.ts';

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const time = fc.bigInt({ min: 0n, max: 2n ** 62n });
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 70 }),
  fc.constantFrom('\u001b[31m\u0007', '\u009b2J', '\u202e', '表'.repeat(40), 'e\u0301\u200d👩‍👩‍👧'),
);
const address = fc.uint8Array({ minLength: 16, maxLength: 16 });
const name = fc.oneof(fc.constantFrom('192.0.2.1', `${'2001:'.repeat(7)}ffff/128`), hostile);
const prefix = fc.record({ address, bits: fc.integer({ min: 1, max: 128 }) });

const source: fc.Arbitrary<SourceRow> = fc.record({
  ...{ name, prefix, source: address, destination: address, bits: fc.constant(128), over: fc.boolean(), seenNs: time },
  ports: fc.array(fc.nat(65_535), { maxLength: 32 }),
  state: fc.constantFrom('allowed' as const, 'blocked' as const, 'over' as const, 'passes' as const),
});
const block: fc.Arbitrary<BlockRow> = fc.record({
  ...{ name, prefix },
  block: fc.record({
    ...{ source: address, bits: fc.constant(128), startNs: time, expiryNs: fc.oneof(fc.constant(0n), time) },
    ...{ reason: fc.constantFrom('scan' as const, 'operator' as const), packets: u64, bytes: u64, isNet: fc.boolean() },
  }),
  note: fc.option(fc.record({ ports: fc.array(fc.nat(65_535), { maxLength: 32 }), text: hostile }), { nil: undefined }),
  dropRate: fc.option(fc.double({ min: 0, max: 1e28, noNaN: true }), { nil: undefined }),
});
const rates = fc.record({ connections: fc.nat(), probes: fc.nat(), dropped: fc.nat(), droppedBytes: fc.nat() });
const policy = policyValue(
  {
    ...{ mode: 'user', response: 'block', threshold: 1_024, windowMs: 2_592_000_000, blockTtlMs: 1 },
    ...{ ipv6Prefix: 64, evidence: 'closed', keepEstablished: true, maxNewBlocks: 300 },
  },
  [],
  { first: 1, last: 2 },
);

const frame: fc.Arbitrary<Frame> = fc.record({
  now: fc.record({ monotonicNs: time, wallMs: fc.nat() }),
  name: fc.constantFrom('default', 'a'.repeat(32)),
  ...{ maxBlocks: fc.nat(), maxNets: fc.nat(), policy: fc.constant(policy) },
  daemon: fc.option(fc.record({ pid: fc.option(fc.nat(), { nil: undefined }) }), { nil: undefined }),
  links: fc.array(
    fc.record({
      interface: hostile,
      mode: fc.constantFrom('native' as const, 'generic' as const, undefined),
      ...{ ifindex: fc.nat(), programId: fc.nat(), sinceMs: fc.nat() },
    }),
    { maxLength: 3 },
  ),
  counters: fc.record({
    verdicts: fc.array(fc.record({ packets: u64, bytes: u64 }), { minLength: VERDICTS, maxLength: VERDICTS }),
    ...{ connectionsLost: u64, scansLost: u64, blocksMade: u64, blocksRefused: u64, blocksCapped: u64 },
    ...{ sourcesEvicted: u64, singlesEvicted: u64, synsEvicted: u64 },
  }),
  history: fc.array(rates, { maxLength: 300 }),
  survey: fc.option(
    fc.record({
      atNs: time,
      sources: fc.record({ count: fc.nat(), rows: fc.array(source, { maxLength: 40 }) }),
      blocks: fc.record({ sources: fc.nat(), nets: fc.nat(), rows: fc.array(block, { maxLength: 40 }) }),
    }),
    { nil: undefined },
  ),
});
const cursor = fc.record({ name: fc.option(name, { nil: undefined }), index: fc.nat(600) });
const ui: fc.Arbitrary<Ui> = fc.record({
  pane: fc.constantFrom('sources' as const, 'blocks' as const),
  orders: fc.record({
    sources: fc.record({
      by: fc.constantFrom('ports' as const, 'seen' as const, 'address' as const),
      reverse: fc.boolean(),
    }),
    blocks: fc.record({
      by: fc.constantFrom('packets' as const, 'left' as const, 'address' as const),
      reverse: fc.boolean(),
    }),
  }),
  cursors: fc.record({ sources: cursor, blocks: cursor }),
  ...{ isPaused: fc.boolean(), isHelping: fc.boolean() },
  question: fc.option(
    prefix.chain((at) => hostile.map((text) => ({ wish: { what: 'block' as const, prefix: at }, text }))),
    { nil: undefined },
  ),
  message: fc.option(
    hostile.map((text) => ({ text, tone: 'bad' as const })),
    { nil: undefined },
  ),
});
const size = fc.record({ columns: fc.integer({ min: 0, max: 250 }), rows: fc.integer({ min: 0, max: 80 }) });

test('no line is wider than the terminal, no picture higher, and nothing that others wrote reaches it unseen', () => {
  fc.assert(
    fc.property(frame, ui, size, (any, keys, terminal) => {
      const lines = view(any, keys, terminal);
      expect(lines.length).toBeLessThanOrEqual(terminal.rows);
      for (const line of lines) {
        expect(placesOfLine(line)).toBeLessThanOrEqual(terminal.columns);
        expect(textOf(line)).not.toMatch(/\p{C}/u);
      }
      const text = screenText(lines, terminal, colourPaint);
      // eslint-disable-next-line no-control-regex
      expect(text.replace(/\u001b\[(?:\d+;1H|\d+m|[02]?K|J)/g, '')).not.toMatch(/\p{C}/u);
    }),
    { numRuns: 200 },
  );
});

test('from 40x10 on the picture fills the terminal, with a table and the selected row in it', () => {
  const large = fc.record({ columns: fc.integer({ min: 40, max: 250 }), rows: fc.integer({ min: 10, max: 80 }) });
  fc.assert(
    fc.property(frame, large, fc.nat(39), (any, terminal, index) => {
      const keys: Ui = { ...INITIAL_UI, cursors: { ...INITIAL_UI.cursors, sources: { name: undefined, index } } };
      const lines = view(any, keys, terminal);
      expect(lines).toHaveLength(terminal.rows);
      expect(lines.some((line) => textOf(line).startsWith(' SOURCES'))).toBe(true);
      const selected = lines.filter((line) => line.some(({ tone }) => tone === 'selected'));
      expect(selected).toHaveLength((any.survey?.sources.rows.length ?? 0) > 0 ? 1 : 0);
      for (const line of selected) expect(placesOf(textOf(line))).toBe(terminal.columns);
    }),
    { numRuns: 200 },
  );
});

test('a plain line is one line', () => {
  fc.assert(
    fc.property(frame, (any) => {
      expect(plainLine(any)).not.toMatch(/\p{C}/u);
    }),
  );
});
