import fc from 'fast-check';
import { maskAddress } from '../src/addresses.ts';
import type { Prefix, StateEntry } from '../src/index.ts';

const MAPPED = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

const address = fc.oneof(
  bytes(16),
  bytes(4).map((octets) => Uint8Array.of(...MAPPED, ...octets)),
  // Runs of zeros, which the text shortens.
  bytes(2).map(([first, last]) => Uint8Array.of(first!, ...new Uint8Array(14), last!)),
);

/** Any, masked. */
export const prefix: fc.Arbitrary<Prefix> = fc
  .tuple(address, fc.nat(128))
  .map(([unmasked, bits]) => ({ address: maskAddress(unmasked, bits), bits }));

const timeMs = fc.integer({ min: -1e12, max: 2e14 });
const count = fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) });

const block = fc.record({
  kind: fc.constant('block' as const),
  isNet: fc.boolean(),
  startMs: timeMs,
  expiryMs: fc.option(timeMs, { nil: undefined }),
  reason: fc.constantFrom('scan' as const, 'operator' as const),
  packets: count,
  bytes: count,
  ports: fc.array(fc.nat(65535), { maxLength: 32 }),
  text: fc.string({ unit: 'binary', maxLength: 20 }),
});

/** Any entry that the state file may have. */
export const stateEntry: fc.Arbitrary<StateEntry> = fc
  .tuple(
    prefix,
    fc.oneof(
      block,
      fc.record({ kind: fc.constant('allow' as const) }),
      fc.record({ kind: fc.constant('grace' as const), untilMs: timeMs }),
    ),
  )
  .map(([where, what]) => ({ ...what, ...where }));
