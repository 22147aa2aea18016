const STEPS = '▁▂▃▄▅▆▇█';

/** The last `width` values, the newest at the right: `▁` is zero, what is more stands above it, and `█` is the largest of them. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = width > 0 ? values.slice(-width) : [];
  const largest = Math.max(0, ...shown);
  return shown
    .map((value) => STEPS[value > 0 ? Math.max(1, Math.ceil((value / largest) * (STEPS.length - 1))) : 0])
    .join('')
    .padStart(Math.max(0, width));
}
