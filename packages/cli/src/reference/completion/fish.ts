import type { CommandSpec, FlagSpec, Offer } from '../command-spec.ts';
import { casesOf } from './cases.ts';

/** A script for fish 3. */
export function fishCompletion(program: CommandSpec): string {
  const { descents, values, commands } = casesOf(program);
  const lines = commands.flatMap(({ at, flags, below, arguments: offers }) => [
    ...below.map(({ name, description }) => `${here(at)} -f -a ${quoted(name)} -d ${quoted(description)}`),
    ...offers.map((offer) => `${here(at)}${argumentOf(offer)}`),
    ...flags.map((flag) => `${here(at)}${flagOf(flag)}`),
  ]);
  return `# fish completion of scanward, made by: scanward completion fish

# Whether the commands typed so far are these.
function __scanward_at
    set -l at scanward
    set -l skip no
    for word in (commandline -opc)[2..]
        if test $skip = yes
            set skip no
            continue
        end
        switch "$at $word"
            case ${descents.map(quoted).join(' ')}
                set at "$at $word"
            case ${values.map(({ before }) => quoted(before)).join(' ')}
                set skip yes
        end
    end
    test "$at" = "$argv[1]"
end

function __scanward_interfaces
    for path in /sys/class/net/*/
        string replace -r '.*/([^/]+)/$' '$1' $path
    end
end

# Whoever may not ask gets none.
function __scanward_blocked
    scanward blocks --json --limit 1000 2>/dev/null </dev/null | string replace -rf '^{"address":"([^"]*)".*' '$1'
end

complete -c scanward -f
${lines.join('\n')}
`;
}

const here = (at: string): string => `complete -c scanward -n ${quoted(`__scanward_at ${quoted(at)}`)}`;

/** A text that fish takes for one word, whatever stands in it. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function flagOf({ names, value, description, offer }: FlagSpec): string {
  const flags = names.map((name) => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`));
  return `${flags.join('')}${value === undefined ? ' -f' : valueOf(offer)} -d ${quoted(description)}`;
}

function valueOf(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return ` -x -a ${quoted(offer.words.join(' '))}`;
    case 'interface':
      return ` -x -a '(__scanward_interfaces)'`;
    case 'file':
      return ' -r -F';
    case 'folder':
      return ` -x -a '(__fish_complete_directories)'`;
    case 'blocked':
      return ` -x -a '(__scanward_blocked)'`;
    case 'text':
      return ' -x';
  }
}

function argumentOf(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return ` -f -a ${quoted(offer.words.join(' '))}`;
    case 'file':
      return ' -F';
    case 'blocked':
      return ` -f -a '(__scanward_blocked)'`;
    default:
      return ' -f';
  }
}
