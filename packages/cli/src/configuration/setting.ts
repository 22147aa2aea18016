import type { Command, Option } from 'commander';
import { isRepeatable } from '../flags/option.ts';

/** What a configuration can set: one flag, or two that exclude each other (`--state`, `--no-state`), under one key. */
export interface Setting {
  /** The long flag without its dashes and without `no-`. */
  readonly key: string;
  /** Under which commander has the value. */
  readonly attribute: string;
  /** The flag that takes a value; undefined: it is true or false. */
  readonly valued: Option | undefined;
  /** Whether `false` is a value. */
  readonly canBeFalse: boolean;
  /** Whether there may be several values. */
  readonly isList: boolean;
}

/** Flags that say where the configuration is, or that are none of it. */
const NO_SETTINGS: ReadonlySet<string> = new Set(['config', 'json']);

/** The settings of a command: every flag has a key. */
export function settingsOf(command: Command): Setting[] {
  const attributes = new Set(command.options.map((option) => option.attributeName()));
  return [...attributes].flatMap((attribute) => {
    const options = command.options.filter((option) => option.attributeName() === attribute);
    const key = keyOf(options[0]!);
    if (NO_SETTINGS.has(key)) return [];
    const valued = options.find((option) => option.required);
    const canBeFalse = valued === undefined || options.some((option) => option.negate);
    return [{ key, attribute, valued, canBeFalse, isList: valued !== undefined && isRepeatable(valued) }];
  });
}

const keyOf = ({ long }: Option): string => (long ?? '').replace(/^--(?:no-)?/, '');

/** `SCANWARD_MAX_NEW_BLOCKS`. */
export const variableOf = ({ key }: Pick<Setting, 'key'>): string =>
  `SCANWARD_${key.replaceAll('-', '_').toUpperCase()}`;
