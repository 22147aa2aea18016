import { allCommands, type CommandSpec, type FlagSpec, type Offer } from '../command-spec.ts';

/** What a shell has to know of a command line, by what was typed before: the commands, then perhaps a flag. */
export interface Cases {
  /** Words that lead to a command below: `scanward allow add`. */
  readonly descents: readonly string[];
  /** What stands before a value: `scanward run --mode`. */
  readonly values: readonly (Offer & { readonly before: string })[];
  readonly commands: readonly {
    /** `scanward allow` */
    readonly at: string;
    readonly flags: readonly FlagSpec[];
    readonly below: readonly { readonly name: string; readonly description: string }[];
    /** What an argument of it may be. */
    readonly arguments: readonly Offer[];
  }[];
}

export function casesOf(program: CommandSpec): Cases {
  const all = allCommands(program);
  return {
    descents: all.slice(1).map(({ path }) => path.join(' ')),
    values: all.flatMap(({ path, flags }) =>
      flags
        .filter(({ value }) => value !== undefined)
        .flatMap(({ names, offer }) => names.map((name) => ({ ...offer, before: `${path.join(' ')} ${name}` }))),
    ),
    commands: all.map((spec) => ({
      at: spec.path.join(' '),
      flags: spec.flags,
      below: spec.commands.map(({ path, description }) => ({ name: path.at(-1)!, description })),
      arguments: spec.arguments.map(({ offer }) => offer),
    })),
  };
}

/** A text that a shell takes for one word, whatever stands in it. In bash and zsh. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Patterns of a `case`, alike in bash and zsh. */
export const patterns = (words: readonly string[]): string => words.map(quoted).join(' | ');
