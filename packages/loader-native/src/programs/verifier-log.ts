/** The text of a log buffer: up to its first zero byte. */
export function logText(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return Buffer.from(end < 0 ? buffer : buffer.subarray(0, end)).toString('utf8');
}

// Statistics at the end, and the state of registers, which help only next to the whole log.
const noise = /^(processed \d+ insns|verification time|stack depth|\s*$|from \d+ to \d+|R\d+[_a-z]*=|\d+: R\d)/;
const LINES = 6;

/** From 7.3 on the log ends with a report in sections, one of which gives the reason in words. */
const REPORT = /^Verification failed:/m;
const REASON = /^Reason:\n((?: {2}.*\n)+)/m;

/** The lines of a verifier's log that say why: its last ones, with the source line that they belong to. */
export function summarise(log: string): string {
  const report = log.search(REPORT);
  const reason = REASON.exec(log)?.[1] ?? '';
  const told = report < 0 ? log : `${log.slice(0, report)}${reason.replace(/^ {2}/gm, '')}`;
  const lines = told.split('\n').filter((line) => !noise.test(line));
  const last = lines.slice(-LINES);
  if (last.some((line) => line.startsWith(';'))) return last.join('\n');
  const source = lines.slice(0, -LINES).findLast((line) => line.startsWith(';'));
  return [...(source === undefined ? [] : [source]), ...last].join('\n');
}
