const units = [
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
] as const;

/** From so many days on their hours do not matter. */
const DAYS_ALONE = 100n;

/** Nanoseconds for people, in their two largest units (`3d4h`, `59m58s`, `7s`), rounded down: at most 7 characters. */
export function shortSpan(ns: bigint): string {
  const first = units.findIndex(([, unitNs]) => ns >= unitNs);
  if (first < 0) return '0s';
  let rest = ns;
  let text = '';
  for (const [unit, unitNs] of units.slice(first, first + 2)) {
    const count = rest / unitNs;
    rest -= count * unitNs;
    if (text !== '' && ns >= DAYS_ALONE * units[0][1]) break;
    if (count > 0n) text += `${String(count)}${unit}`;
  }
  return text;
}
