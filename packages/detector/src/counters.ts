import { VERDICTS, type VerdictCode } from './verdict.ts';

/** `struct counters`, summed over all CPUs. What a full ring loses is not modelled. */
export class Counters {
  readonly verdicts = Array.from({ length: VERDICTS }, () => ({ packets: 0n, bytes: 0n }));
  blocksMade = 0n;
  blocksRefused = 0n;
  blocksCapped = 0n;
  sourcesEvicted = 0n;
  synsEvicted = 0n;
  singlesEvicted = 0n;

  count(verdict: VerdictCode, frameLength: number): void {
    const tally = this.verdicts[verdict]!;
    tally.packets++;
    tally.bytes += BigInt(frameLength);
  }
}
