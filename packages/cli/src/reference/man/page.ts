import { ExitCode } from '../../exit-codes.ts';
import type { ArgumentSpec, CommandSpec, FlagSpec } from '../command-spec.ts';
import { EXIT_MEANINGS } from '../exit-meanings.ts';
import { bold, escapeRoff, italic, tagged, verbatim } from './roff.ts';

const files: readonly (readonly [path: string, what: string])[] = [
  ['/sys/fs/bpf/scanward', 'where instances have their pins: maps, programs, links (--bpffs)'],
  ['/var/lib/scanward/state.json', 'the state file of the instance default, state-NAME.json of another (--state)'],
];

/** Of other manuals. */
const elsewhere = ['bpftool', 'ip-link', 'ethtool'];

/** The name of a command's page: `scanward-allow-add`. */
export const pageName = ({ path }: Pick<CommandSpec, 'path'>): string => path.join('-');

/** The page of one command, in roff with the macros of man(7). */
export function manPage(spec: CommandSpec, all: readonly CommandSpec[], version: string): string {
  const lines = [
    `.\\" Made by scanward man from the command's own help.`,
    `.TH ${escapeRoff(pageName(spec).toUpperCase())} 8 "" "scanward ${escapeRoff(version)}" "Scanward"`,
    // No hyphens but those of flags and names.
    '.nh',
    '.ad l',
    ...section('NAME', [`${escapeRoff(pageName(spec))} \\- ${escapeRoff(spec.description.replace(/\.$/, ''))}`]),
    ...section('SYNOPSIS', [synopsis(spec)]),
    ...section('DESCRIPTION', description(spec)),
    ...section('ARGUMENTS', spec.arguments.filter(isDescribed).flatMap(argument)),
    ...section('OPTIONS', spec.flags.flatMap(flag)),
    ...section('COMMANDS', spec.commands.flatMap(command)),
    ...section('EXAMPLES', spec.examples.length === 0 ? [] : verbatim(spec.examples)),
    ...section('EXIT STATUS', exitStatus()),
    ...section(
      'FILES',
      files.flatMap(([path, what]) => tagged(italic(path), what)),
    ),
    ...section('SEE ALSO', [seeAlso(spec, all)]),
  ];
  return `${lines.join('\n')}\n`;
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`.SH ${title}`, ...lines];

function synopsis({ path, usage }: CommandSpec): string {
  const name = path.join(' ');
  const words = usage.startsWith(name) ? usage.slice(name.length).trim() : usage;
  return words === '' ? bold(name) : `${bold(name)} ${italic(words)}`;
}

function description({ description: first, notes }: CommandSpec): string[] {
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}${first.endsWith('.') ? '' : '.'}`;
  return [sentence, ...notes].flatMap((text, i) => (i === 0 ? [escapeRoff(text)] : ['.PP', escapeRoff(text)]));
}

const isDescribed = ({ description: text }: ArgumentSpec): boolean => text !== '';

const argument = ({ term, description: text }: ArgumentSpec): string[] => tagged(italic(term), text);

function flag({ names, value, description: text }: FlagSpec): string[] {
  const term = names.map(bold).join(', ');
  return tagged(value === undefined ? term : `${term} ${italic(value)}`, text);
}

const command = (spec: CommandSpec): string[] => tagged(`${bold(pageName(spec))}(8)`, spec.description);

function exitStatus(): string[] {
  return Object.entries(ExitCode).flatMap(([name, code]) =>
    tagged(bold(String(code)), EXIT_MEANINGS[name as keyof typeof ExitCode]),
  );
}

function seeAlso(spec: CommandSpec, all: readonly CommandSpec[]): string {
  const names = [...all.filter((other) => other !== spec).map(pageName), ...elsewhere];
  return names.map((name) => `${bold(name)}(8)`).join(', ');
}
