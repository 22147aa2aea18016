import { buildNative, createPair, flood, scanwardBin } from '@scanward/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';

const SYNS = 400_000;

/** Reads nothing for some time, then counts the connections that were printed, and those that are told to be lost. */
const READER = `sleep 8; awk '/: New connection: /{ printed++ } /: Lost [0-9]+ connections? /{ lost += $4 } END { print printed + 0, lost + 0 }'`;
/** Prints what the reader counted, and on stderr what Scanward said, how much memory it took at the most, and its exit code. */
const PIPE = `
  { timeout --foreground --preserve-status -s TERM 12 "$0" "$1" run -i eth0 -t 50ms --max-connection-lines 0 --no-events & pid=$!
    sleep 7; grep VmHWM "/proc/$(pgrep -P $pid)/status" >&2; wait $pid; echo "exit $?" >&2; } | { ${READER}; }`;

test('a slow reader of stdout takes little memory, and what it misses is counted', { timeout: 60_000 }, async () => {
  await using tool = await buildNative('flood');
  await using pair = await createPair();
  const { victim, attacker } = pair;
  const run = victim.ns.run('bash', ['-c', PIPE, process.execPath, scanwardBin], { timeoutMs: 40_000 });
  await sleep(2_000);
  await flood(tool, attacker, victim, SYNS, 1);
  const { stdout, stderr } = await run;
  const [printed, lost] = stdout.split(' ').map(Number) as [number, number];
  expect(stderr).toMatch(/^exit 0$/m);
  expect(stderr).toContain('connections (slow reader)');
  const seen = Number(/saw (\d+) connections/.exec(stderr)![1]);
  expect(seen).toBeGreaterThan(SYNS / 2);
  expect(printed + lost).toBe(seen);
  expect(Number(/VmHWM:\s+(\d+) kB/.exec(stderr)![1])).toBeLessThan(300_000);
});
