import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bootOf, end, plan, test } from '../test/fake.ts';
import { NativeDriver } from './native.ts';
import { processesOf } from './session.ts';
import type { Cell, GuestEvent, Outcome } from './types.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'native-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Seen {
  readonly outcome: Outcome;
  readonly events: readonly GuestEvent[];
  readonly log: string;
}

/** Runs a guest side of these lines of shell. */
async function guest(lines: string, cell: Partial<Cell> = {}, abort = new AbortController()): Promise<Seen> {
  const script = join(folder, 'run.sh');
  const log = join(folder, 'log');
  writeFileSync(script, `#!/usr/bin/env bash\n${lines}\n`, { mode: 0o755 });
  const driver = new NativeDriver(script, () => log);
  const own = plan('own', cell).cell;
  const [resolved] = await driver.prepare([own]);
  const events: GuestEvent[] = [];
  const event = (told: GuestEvent): void => {
    events.push(told);
    if (told.event === 'trouble') abort.abort();
  };
  const outcome = await driver.run(own, resolved!, { event, progress: () => undefined, signal: abort.signal });
  return { outcome, events, log: readFileSync(log, 'utf8') };
}

const tell = (event: GuestEvent): string => `echo '${JSON.stringify(event)}' >>"$MATRIX_RESULT"`;
const boot = bootOf('6.18.5');

it('tells what the guest side tells, and keeps its log', async () => {
  const passed = test('passed', { name: 'naïve →' });
  const { outcome, events, log } = await guest(
    [
      tell(boot),
      'echo "$MATRIX_PACE $MATRIX_TESTS ${MATRIX_CANARY-none}"',
      tell(passed),
      'echo "{torn" >>"$MATRIX_RESULT"',
      tell(end),
    ].join('\n'),
    { tests: 'scan' },
  );
  expect(outcome).toEqual({ death: 'done', tail: [] });
  expect(events).toEqual([boot, passed, end]);
  expect(log).toBe('brief scan none\n');
});

it('is done by what was told, whatever the exit code', async () => {
  expect((await guest(`${tell(boot)}\n${tell(end)}\nexit 3`)).outcome.death).toBe('done');
});

it('without an end there is no result, with the tail of the log', async () => {
  const { outcome } = await guest('echo "$MATRIX_CANARY was here"; exit 3', { canary: 'mute' });
  expect(outcome).toEqual({ death: 'no result', tail: ['mute was here', 'the guest side ended with code 3'] });
});

it('that cannot be started has none either', async () => {
  const driver = new NativeDriver(join(folder, 'nowhere'), () => join(folder, 'log'));
  const { cell } = plan('own');
  const watch = { event: () => undefined, progress: () => undefined, signal: new AbortController().signal };
  const [resolved] = await driver.prepare([cell]);
  const { death, tail } = await driver.run(cell, resolved!, watch);
  expect(death).toBe('no result');
  expect(tail.join()).toContain('could not be started: spawn');
});

// `timeout` makes a process group of its own.
const HANGS = 'echo $$; timeout 1000 sleep 1000 & sleep 1000';

it('ends what hangs, with everything that it started', async () => {
  const { outcome, events, log } = await guest(`${tell(boot)}\n${HANGS}`, { limitMs: 1000 });
  expect(outcome.death).toBe('timeout');
  expect(outcome.tail.at(-1)).toBe('ended after its time limit of 1 s');
  expect(events).toEqual([boot]);
  expect(processesOf(Number(log))).toEqual([]);
});

it('ends it when it is interrupted', async () => {
  const { outcome, log } = await guest(`${HANGS.split(';')[0]!}\n${tell({ event: 'trouble', why: 'x' })}\n${HANGS}`);
  expect(outcome).toEqual({ death: 'driver', tail: [...log.trim().split('\n'), 'interrupted'] });
  expect(processesOf(Number(log.split('\n')[0]))).toEqual([]);
});

it('ends what the guest side left behind', async () => {
  const { outcome, log } = await guest(`echo $$; sleep 1000 & disown; ${tell(end)}`);
  expect(outcome.death).toBe('done');
  expect(processesOf(Number(log))).toEqual([]);
});
