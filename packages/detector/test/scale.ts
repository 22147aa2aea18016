/** The environment's TEST_SCALE: how many times as often properties are tried. */
const scale = Number(process.env['TEST_SCALE'] ?? 1);

/** How often a property is tried. */
export function runs(count: number): { numRuns: number } {
  return { numRuns: Math.max(1, Math.round(count * scale)) };
}

/** Milliseconds that a property may take. */
export const patienceMs = 30_000 * Math.max(1, scale);
