import type { CommandSpec, Offer } from '../command-spec.ts';
import { casesOf, patterns, quoted } from './cases.ts';

/** A script for bash 4.4 and later. */
export function bashCompletion(program: CommandSpec): string {
  const { descents, values, commands } = casesOf(program);
  const offering = values.filter(({ kind }) => kind !== 'text');
  return `# bash completion of scanward, made by: scanward completion bash

_scanward_offer() {
  local word
  for word; do
    # What a shell would read as more than a word is not offered.
    [[ $word == "$cur"* && $word =~ ^[A-Za-z0-9_.:/@=-]+$ ]] && COMPREPLY+=("$word")
  done
}

_scanward_interfaces() {
  local path
  for path in /sys/class/net/*/; do
    path=\${path%/}
    _scanward_offer "\${path##*/}"
  done
}

_scanward_paths() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}

# Whoever may not ask gets none.
_scanward_blocked() {
  local address
  while read -r address; do
    _scanward_offer "$address"
  done < <(scanward blocks --json --limit 1000 2>/dev/null </dev/null | sed -n 's/^{"address":"\\([^"]*\\)".*/\\1/p')
  # The colons of IPv6 part words in bash.
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${cur%"\${cur##*:}"}"}")
  fi
}

_scanward() {
  local at=scanward word line cur before='' i
  local -a words=()
  COMPREPLY=()
  # Words as the shell parts them by blanks alone: not at = and :.
  line=\${COMP_LINE:0:COMP_POINT}
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  cur=\${words[-1]}
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
    word=\${words[i]}
    before=''
    case "$at $word" in
      ${patterns(descents)}) at="$at $word" ;;
      ${patterns(values.map(({ before }) => before))})
        before=$word
        ((i++))
        ;;
    esac
  done
  # A flag before the last word, whose value that is.
  ((i == \${#words[@]})) || before=''
  if [[ $cur == --*=* ]]; then
    before=\${cur%%=*}
    cur=\${cur#*=}
  fi
  if [[ -n $before ]]; then
    case "$at $before" in
${offering.map(({ before, ...offer }) => `      ${quoted(before)}) ${offered(offer)} ;;`).join('\n')}
    esac
    return
  fi
  if [[ $cur == -* ]]; then
    case "$at" in
${commands.map(({ at, flags }) => `      ${quoted(at)}) ${offerWords(flags.flatMap(({ names }) => names))} ;;`).join('\n')}
    esac
    return
  fi
  case "$at" in
${commands.map(({ at, below, arguments: offers }) => `    ${quoted(at)}) ${[...(below.length > 0 ? [offerWords(below.map(({ name }) => name))] : []), ...offers.map(offered), ':'].join('; ')} ;;`).join('\n')}
  esac
}

complete -F _scanward scanward
`;
}

const offerWords = (words: readonly string[]): string => `_scanward_offer ${words.map(quoted).join(' ')}`;

function offered(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return offerWords(offer.words);
    case 'interface':
      return '_scanward_interfaces';
    case 'file':
      return '_scanward_paths -f';
    case 'folder':
      return '_scanward_paths -d';
    case 'blocked':
      return '_scanward_blocked';
    case 'text':
      return ':';
  }
}
