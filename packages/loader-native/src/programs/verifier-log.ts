/** The text of a log buffer: up to its first zero byte. */
export function logText(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return Buffer.from(end < 0 ? buffer : buffer.subarray(0, end)).toString('utf8');
}

// Statistics at the end, and the state of registers, which help only next to the whole log.
const noise = /^(processed \d+ insns|verification time|stack depth|\s*$|from \d+ to \d+|R\d+[_a-z]*=|\d+: R\d)/;
const LINES = 6;

/** The lines of a verifier's log that say why: its last ones, with the source line that they belong to. */
export function summarise(log: string): string {
  const lines = log.split('\n').filter((line) => !noise.test(line));
  const last = lines.slice(-LINES);
  if (last.some((line) => line.startsWith(';'))) return last.join('\n');
  const source = lines.slice(0, -LINES).findLast((line) => line.startsWith(';'));
  return [...(source === undefined ? [] : [source]), ...last].join('\n');
}
