import type { Command } from 'commander';
import { ExitCode } from '../exit-codes.ts';
import { nearest } from '../nearest.ts';
import { OperatorError } from '../operator-error.ts';
import { Problem } from './problem.ts';
import { type Setting, settingsOf, variableOf } from './setting.ts';
import { valueOf, type Written } from './value-of.ts';
import { yamlEntries } from './yaml-file.ts';

/** The configuration where nobody names another; there need not be one. */
export const DEFAULT_CONFIG = '/etc/scanward/scanward.yaml';

/** What is around a command, besides its arguments. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of a configuration file; undefined: there is none. Throws an Error that says why it is not taken. */
  readonly readConfig: (path: string) => string | undefined;
}

export const nothingAround: Surroundings = { environment: {}, readConfig: () => undefined };

/** How much of a configuration a command takes. */
export interface Taken {
  /** The command whose flags are the keys. */
  readonly keys: Command;
  /** Undefined: all; what is no key is refused then. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Whether the usual file is read when none is named. */
  readonly byDefault: boolean;
}

/**
 * Sets what the flags left open: by the environment, then by the file. Where a value is from, commander has as its source:
 * `cli`, `environment SCANWARD_THRESHOLD`, or `/etc/scanward/scanward.yaml:3`.
 *
 * @throws OperatorError with all that is wrong, the first one in full
 */
export function configure(command: Command, taken: Taken, around: Surroundings, tellAll: boolean): void {
  const problems: Problem[] = [];
  const settings = settingsOf(command).filter(({ key }) => taken.only?.has(key) ?? true);
  if (settings.length === 0) return;
  const attempt = (act: () => void) => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(error);
    }
  };
  for (const setting of settings) attempt(() => fromEnvironment(command, setting, around));
  attempt(() => fromFile(command, { settings, taken, around, attempt }));
  if (problems.length > 0) throw refusal(problems, tellAll);
}

function fromEnvironment(command: Command, setting: Setting, { environment }: Surroundings): void {
  const text = environment[variableOf(setting)];
  if (text === undefined) return;
  set(command, setting, wordsOf(setting, text), `environment ${variableOf(setting)}`);
}

/** In a variable several values stand with spaces or commas between them. */
function wordsOf({ isList, valued, canBeFalse }: Setting, text: string): Written {
  if (canBeFalse && text === 'false') return false;
  if (!valued && text === 'true') return true;
  return isList ? text.split(/[\s,]+/).filter((word) => word !== '') : text;
}

interface FromFile {
  readonly settings: readonly Setting[];
  readonly taken: Taken;
  readonly around: Surroundings;
  readonly attempt: (act: () => void) => void;
}

function fromFile(command: Command, { settings, taken, around, attempt }: FromFile): void {
  const path = fileOf(command, taken, around);
  if (path === undefined) return;
  const known = taken.only ? undefined : settingsOf(taken.keys).map(({ key }) => key);
  for (const { key, written, where } of yamlEntries(path.name, textOf(path, around))) {
    const setting = settings.find((each) => each.key === key);
    attempt(() => {
      if (!setting && known && !known.includes(key)) throw new Problem(where, unknown(key, known));
      if (!setting) return;
      if (written instanceof Problem) throw new Problem(`${where}: ${key}`, written.message);
      set(command, setting, written, where);
    });
  }
}

interface ConfigFile {
  readonly name: string;
  /** It was asked for, so it must be there. */
  readonly isNamed: boolean;
}

function fileOf(command: Command, { byDefault }: Taken, { environment }: Surroundings): ConfigFile | undefined {
  const flag: unknown = command.optsWithGlobals()['config'];
  if (flag === false) return undefined;
  const named = typeof flag === 'string' ? flag : environment['SCANWARD_CONFIG'];
  if (named !== undefined) return { name: named, isNamed: true };
  return byDefault ? { name: DEFAULT_CONFIG, isNamed: false } : undefined;
}

function textOf({ name, isNamed }: ConfigFile, { readConfig }: Surroundings): string {
  let text: string | undefined;
  try {
    text = readConfig(name);
  } catch (error) {
    throw new Problem(`configuration ${name}`, (error as Error).message, error);
  }
  if (text === undefined && isNamed) throw new Problem(`configuration ${name}`, 'there is no such file');
  return text ?? '';
}

/** What was typed stands. A value is read all the same, so that a bad one shows before it is needed. */
function set(command: Command, setting: Setting, written: Written, where: string): void {
  let value: unknown;
  try {
    value = valueOf(setting, written);
  } catch (error) {
    const place = where.startsWith('environment') ? where : `${where}: ${setting.key}`;
    throw new Problem(place, (error as Error).message, error);
  }
  const source = command.getOptionValueSource(setting.attribute);
  if (source === undefined || source === 'default') {
    command.setOptionValueWithSource(setting.attribute, value, where);
  }
}

function unknown(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return `'${key}' is no key: ${near === undefined ? 'scanward check-config prints all there are' : `did you mean ${near}?`}`;
}

function refusal(problems: readonly Problem[], tellAll: boolean): OperatorError {
  const [first, ...others] = problems as readonly [Problem, ...Problem[]];
  const all = others.map(({ where, message }) => `\nscanward: ${where}: ${message}`).join('');
  const some = others.length === 0 ? '' : ` (and ${others.length} more: scanward check-config tells them)`;
  return new OperatorError(ExitCode.usage, first.where, `${first.message}${tellAll ? all : some}`, { cause: first });
}
