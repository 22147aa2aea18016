import { codecs, type Endian, type Policy, TICK_SHIFT } from '@scanward/map-codec';
import { sourceBits } from './source-bits.ts';

/** A source as `scanward sources` shows it. */
export interface SeenSource {
  readonly source: Uint8Array;
  /** How much of it is the source. */
  readonly bits: number;
  /** Of its last probe. */
  readonly destination: Uint8Array;
  /** Distinct ones within the window, the last one first; the program remembers 32. */
  readonly ports: readonly number[];
  /** More than the threshold. */
  readonly over: boolean;
  /** When it was last seen, to 1,024 ns. */
  readonly seenNs: bigint;
}

const TICK = BigInt(TICK_SHIFT);
const FOR_EVER = 2n ** 64n - 1n;

/** Reads a `struct source` by the program's rules: what counts are the touches within the window, and since its last block's end. */
export function sourceReader(
  endian: Endian,
  policy: Policy,
  nowNs: bigint,
): (bytes: Uint8Array, offset: number) => SeenSource {
  const codec = codecs(endian).source;
  const windowStart = (nowNs >> TICK) - (policy.windowNs >> TICK) + 1n;
  return (bytes, offset) => {
    const { source, destination, untilNs, touches } = codec.decode(bytes, offset);
    const voidBefore = untilNs !== FOR_EVER && untilNs <= nowNs ? untilNs >> TICK : 0n;
    const oldest = windowStart > voidBefore ? windowStart : voidBefore;
    const fresh = touches.filter((touch) => touch !== 0n && touch >> 16n >= oldest);
    return {
      source,
      bits: sourceBits(source, policy),
      destination,
      ports: fresh.map((touch) => Number(touch & 0xffffn)),
      over: fresh.length > policy.threshold,
      seenNs: (touches[0]! >> 16n) << TICK,
    };
  };
}
