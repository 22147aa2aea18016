import type { BlockEntry } from '@scanward/daemon';

/** How much of a block's time is left, as a bar of so many places; full: for ever. */
export function leftBar({ startNs, expiryNs }: BlockEntry, nowNs: bigint, width: number): string {
  if (expiryNs === 0n) return '━'.repeat(width);
  const share = Number(expiryNs - nowNs) / Math.max(1, Number(expiryNs - startNs));
  const halves = Math.round(Math.min(1, Math.max(0, share)) * width * 2);
  return `${'━'.repeat(halves >> 1)}${halves % 2 === 1 ? '╸' : ''}`.padEnd(width);
}
