import type { ExitCode } from '../exit-codes.ts';
import type { OperatorError } from '../operator-error.ts';
import type { Unseen } from './facts.ts';

/** What one check found. */
export interface Finding {
  /** Such as `capabilities`. */
  readonly check: string;
  /** Whom it is about, where that is an interface. */
  readonly interface?: string;
  /** `warning`: it runs all the same, or that could not be looked at. `missing`: a start ends with `exitCode`. */
  readonly state: 'ok' | 'warning' | 'missing';
  readonly found: string;
  readonly remedy?: string;
  readonly exitCode?: ExitCode;
}

export function ok(check: string, found: string): Finding {
  return { check, state: 'ok', found };
}

export function warning(check: string, found: string, remedy: string): Finding {
  return { check, state: 'warning', found, remedy };
}

export function missing(check: string, exitCode: ExitCode, found: string, remedy: string): Finding {
  return { check, state: 'missing', found, remedy, exitCode };
}

/** What a start would have ended with. */
export function refused(check: string, { exitCode, todo }: Pick<OperatorError, 'exitCode' | 'todo'>): Finding {
  const [found = '', ...remedy] = todo.split(': ');
  return missing(check, exitCode, found, remedy.join(': ') || 'see the message');
}

/** What could not be looked at. */
export function unseen(check: string, { unseen: why, remedy }: Unseen): Finding {
  return warning(check, `not looked at: ${why}`, remedy);
}
