const units = [
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
] as const;

/** Nanoseconds for people, in their two largest units (`3d4h`, `59m58s`, `7s`), rounded down. At most 8 characters for 270 years. */
export function shortSpan(ns: bigint): string {
  const first = units.findIndex(([, unitNs]) => ns >= unitNs);
  if (first < 0) return '0s';
  let rest = ns;
  let text = '';
  for (const [unit, unitNs] of units.slice(first, first + 2)) {
    const count = rest / unitNs;
    rest -= count * unitNs;
    if (count > 0n) text += `${String(count)}${unit}`;
  }
  return text;
}
