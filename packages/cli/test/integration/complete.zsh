# Completes each line that it is given in an interactive zsh, and prints what is offered: complete.zsh SCRIPT LINE...
zmodload zsh/zpty
script=$1
shift
offered=$(mktemp)
setup=$(mktemp)
cat >$setup <<EOF
PS1= RPS1=
autoload -Uz compinit && compinit -D -u
source $script
zstyle ':completion:*' completer _complete
compadd() {
  # What only asks for matches offers none.
  if [[ -n \${(M)@:#-[ADO]*} ]]; then builtin compadd "\$@"; return; fi
  local -a matches
  builtin compadd -O matches "\$@"
  # Nothing is added, so that no list is printed.
  print -rl -- \$matches >>$offered
}
next() { BUFFER=; print -n NEXT; }
zle -N next
bindkey '^I' list-choices
# No prefix of another binding, for whose rest it would be waited.
bindkey '^T' next
print REA''DY
EOF
zpty session zsh -f -i
zpty -w session "source $setup"
zpty -r session answer '*READY*'
for line; do
  print -r -- "> $line" >>$offered
  zpty -w -n session $line$'\t\x14'
  zpty -r session answer '*NEXT*'
done
zpty -d session
cat $offered
rm $offered $setup
