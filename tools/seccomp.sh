#!/usr/bin/env bash
# What the command calls, for deploy/seccomp-profile.json: seccomp.sh [TEST...]
# Runs the kernel tests of packages/cli (or those whose file names contain TEST) with each `scanward` in them under
# strace. The names of the calls come into the profile; none goes, as another kernel or another Node calls others. NODE:
# the words that start another Node, as that of an image:
#   NODE="$ROOT/lib64/ld-linux-x86-64.so.2 --library-path $ROOT/usr/lib/x86_64-linux-gnu $ROOT/usr/bin/node"
# where $ROOT is a folder that everybody may enter, and Debian's Node wants its /usr/share/nodejs in place.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:/usr/sbin:/sbin"
own=$(node -p process.execPath)
node=${NODE:-$own}

# Rounds of what one round calls too: floods, a million blocks, hundreds of starts and kills.
excluded=()
for name in flood kills-at-random million-blocks slow-reader stop; do
  excluded+=(--exclude "**/$name.kernel.test.ts")
done

# Commands under test run as others, too: they have to write what they called.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
mkdir -m 1777 "$folder/calls"

# Signals are for the command, so strace is no parent of it (-D); one line a name is enough (-c).
cat >"$folder/node" <<EOF
#!/bin/sh
case " \$* " in
  *"/bin/scanward.js "*) exec strace -DDD -f -c -U name -o $folder/calls/\$\$ $node "\$@" ;;
  *) exec $own "\$@" ;;
esac
EOF
chmod 755 "$folder/node"

failed=0
(cd packages/cli && SUITE=kernel SCANWARD_STAND_IN=$folder/node npx --no-install vitest run \
  --config ../../tools/seccomp.config.mjs --root . "${excluded[@]}" "$@") || failed=1

# Each strace writes when its command has ended; a file that is still empty is of one that has not.
for _ in {1..50}; do
  [ -n "$(find "$folder/calls" -empty)" ] || break
  sleep 0.2
done
echo "$(find "$folder/calls" -type f | wc -l) runs of scanward traced"
awk 'FNR > 2 && /^[a-z]/ && $1 != "total" { print $1 }' "$folder"/calls/* | sort -u | node tools/seccomp-profile.mjs
exit $failed
