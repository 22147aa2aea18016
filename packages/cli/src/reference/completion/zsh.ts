import type { CommandSpec, Offer } from '../command-spec.ts';
import { casesOf, patterns, quoted } from './cases.ts';

/** A script for zsh 5: to be sourced, or found as `_scanward` in $fpath. */
export function zshCompletion(program: CommandSpec): string {
  const { descents, values, commands } = casesOf(program);
  const offering = values.filter(({ kind }) => kind !== 'text');
  return `#compdef scanward
# zsh completion of scanward, made by: scanward completion zsh

# Whoever may not ask gets none.
_scanward_blocked() {
  local -a addresses
  addresses=(\${(f)"$(scanward blocks --json --limit 1000 2>/dev/null </dev/null | sed -n 's/^{"address":"\\([^"]*\\)".*/\\1/p')"})
  compadd -- $addresses
}

_scanward_interfaces() {
  local -a names
  names=(/sys/class/net/*(N:t))
  compadd -- $names
}

_scanward() {
  local at=scanward word before= cur=\${words[CURRENT]}
  local -i i
  local -a offers
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    before=
    case "$at $word" in
      (${patterns(descents)}) at="$at $word" ;;
      (${patterns(values.map(({ before }) => before))})
        before=$word
        ((i++))
        ;;
    esac
  done
  # A flag before the last word, whose value that is.
  ((i == CURRENT + 1)) || before=
  if [[ $cur == --*=* ]]; then
    before=\${cur%%=*}
    compset -P '*='
  fi
  if [[ -n $before ]]; then
    case "$at $before" in
${offering.map(({ before, ...offer }) => `      (${quoted(before)}) ${offered(offer)} ;;`).join('\n')}
    esac
    return
  fi
  if [[ $cur == -* ]]; then
    case "$at" in
${commands.map(({ at, flags }) => `      (${quoted(at)}) offers=(${flags.flatMap(({ names, description }) => names.map((name) => described(name, description))).join(' ')}) ;;`).join('\n')}
    esac
    _describe flag offers
    return
  fi
  case "$at" in
${commands.map(({ at, below, arguments: offers }) => `    (${quoted(at)}) ${[...(below.length > 0 ? [`offers=(${below.map(({ name, description }) => described(name, description)).join(' ')}); _describe command offers`] : []), ...offers.map(offered), ':'].join('; ')} ;;`).join('\n')}
  esac
}

# Sourced, it has to be made known; found in $fpath, it is being called.
if [[ \${funcstack[1]-} == _scanward ]]; then
  _scanward "$@"
else
  compdef _scanward scanward
fi
`;
}

/** `name:description`, in which a colon of the name would have to be escaped. */
const described = (name: string, description: string): string =>
  quoted(`${name.replaceAll(':', '\\:')}:${description}`);

function offered(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `compadd -- ${offer.words.map(quoted).join(' ')}`;
    case 'interface':
      return '_scanward_interfaces';
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'blocked':
      return '_scanward_blocked';
    case 'text':
      return ':';
  }
}
