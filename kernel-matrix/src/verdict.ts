import { canaryReasons } from './canary.ts';
import { type CellRecord, count } from './record.ts';
import type { Death } from './types.ts';

/** `missing`: no kernel was to be had; `not run`: the run was interrupted before. */
export type Colour = 'green' | 'red' | 'missing' | 'not run';

export interface Verdict {
  readonly colour: Colour;
  /** Why it is not green, in plain words. */
  readonly reasons: readonly string[];
  /** Those of the reasons that are no failed tests. */
  readonly outside: readonly string[];
  /** What it adds to the last line's `N failed`; 0 exactly when nothing is wrong with it. */
  readonly failures: number;
}

/** Each way to end, in words. */
export const DEATHS: Readonly<Record<Death, string>> = {
  done: 'the guest ran to its end',
  panic: 'the kernel panicked',
  timeout: 'the time limit was exceeded',
  'no result': 'the guest ended without a result',
  driver: 'the driver failed',
};

const tests = (n: number): string => (n === 1 ? '1 test' : `${n} tests`);

/** A guest that is not what was asked for: its results would stand in the wrong line of the table. */
function otherGuest({ cell, boot, resolved }: CellRecord): string[] {
  if (!boot) return ['the guest did not say which kernel it is'];
  const { series, endian } = cell.kernel;
  const prefix = /^\d+\.(?:\d+\b)?/.exec(series)?.[0];
  const wrong: string[] = [];
  if (prefix !== undefined && !resolved?.instead && !`${boot.release}.`.startsWith(prefix.replace(/\d$/, '$&.')))
    wrong.push(`the guest runs ${boot.release}, not ${series}`);
  if (boot.endian !== endian) wrong.push(`the guest is ${boot.endian} endian, not ${endian}`);
  if (boot.cpus < cell.cpus) wrong.push(`the guest has ${boot.cpus} CPU, not ${cell.cpus}`);
  return wrong;
}

function cellReasons(record: CellRecord, death: Death): Omit<Verdict, 'colour'> {
  const failed = count(record, 'failed');
  const ended = death === 'done' ? otherGuest(record) : [DEATHS[death]];
  if (death === 'done' && failed + count(record, 'passed') === 0) ended.push('no test ran');
  const unearned = count(record, 'skipped', ({ why }) => !why?.trim());
  if (unearned > 0) ended.push(`${tests(unearned)} skipped without a reason`);
  const outside = [...ended, ...record.troubles];
  const reasons = failed > 0 ? [`${tests(failed)} failed`, ...outside] : outside;
  return { reasons, outside, failures: failed + outside.length };
}

const alone = (colour: Colour, reasons: readonly string[], failures: number): Verdict => ({
  colour,
  reasons,
  outside: reasons,
  failures,
});

/**
 * Judges a cell. Green: the guest ran to its end on the kernel that was asked for, at least one test ran, none failed,
 * no skip is without a reason, and there was no trouble. A canary is green when it was red for the right reason.
 */
export function judge(record: CellRecord): Verdict {
  const { cell, resolved, outcome } = record;
  if (resolved?.missing !== undefined) return alone('missing', [resolved.missing], cell.canary ? 1 : 0);
  if (!outcome) return alone('not run', ['interrupted before it was run'], 1);
  if (cell.canary) {
    const wrong = canaryReasons(record, cell.canary, outcome);
    return alone(wrong.length === 0 ? 'green' : 'red', wrong, Math.min(1, wrong.length));
  }
  const found = cellReasons(record, outcome.death);
  return { colour: found.failures === 0 ? 'green' : 'red', ...found };
}
