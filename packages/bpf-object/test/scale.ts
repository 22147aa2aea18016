/** The environment's TEST_SCALE: how many times as often properties are tried. */
const scale = Number(process.env['TEST_SCALE'] ?? 1);

/** Runs of a property, and the time that they may take. */
export const runs = (once: number): { numRuns: number; timeout: number } => ({
  numRuns: Math.max(1, Math.round(once * scale)),
  timeout: 60_000 * Math.max(1, scale),
});
