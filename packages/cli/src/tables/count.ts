const scales = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

/** A count in at most 7 characters: exact below ten million, else three digits and a decimal scale (`12.3M`), rounded down. */
export function shortCount(count: bigint): string {
  const digits = String(count);
  if (digits.length <= 7) return digits;
  const scale = Math.floor((digits.length - 1) / 3);
  const whole = digits.length - 3 * scale;
  const fraction = digits.slice(whole, 3);
  return `${digits.slice(0, whole)}${fraction === '' ? '' : `.${fraction}`}${scales[scale] ?? '?'}`;
}

/** Thousands apart: `1,024`. */
export function grouped(count: bigint | number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 block`, `1,024 blocks`. */
export function counted(count: bigint | number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 || count === 1n ? '' : 's'}`;
}
