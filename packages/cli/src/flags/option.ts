import { Argument, Option } from 'commander';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';

/** A refusal of what was typed. */
export function usage(attempted: string, todo: string, cause?: unknown): OperatorError {
  return new OperatorError(ExitCode.usage, attempted, todo, { cause });
}

/** A flag whose value is read by `parse`; given twice it is refused. */
export function single(flags: string, description: string, parse: (text: string) => unknown): Option {
  const option = new Option(flags, description);
  option.argParser((text: string, before: unknown) => {
    if (before !== undefined) throw usage(option.long ?? flags, 'it is given twice: give it once');
    return reading(option.long ?? flags, () => parse(text));
  });
  return option;
}

const repeatables = new WeakSet<Option>();

/** Whether a flag may be given several times. */
export const isRepeatable = (option: Option): boolean => repeatables.has(option);

/** A flag that may be given several times, each time with another value. */
export function repeatable(flags: string, description: string, parse: (text: string) => unknown): Option {
  const option = new Option(flags, description);
  repeatables.add(option);
  option.argParser((text: string, before: unknown[] | undefined) => [
    ...(before ?? []),
    reading(option.long ?? flags, () => parse(text)),
  ]);
  return option;
}

/** An argument that is read by `parse`: `<name>` must be there, `[name]` may. */
export function positional(name: string, description: string, parse: (text: string) => unknown): Argument {
  return new Argument(name, description).argParser((text: string) => reading(name.slice(1, -1), () => parse(text)));
}

/** Does it; a bad value becomes a refusal that names the flag or argument. */
export function reading<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw usage(what, (error as Error).message, error);
  }
}
