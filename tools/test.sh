#!/usr/bin/env bash
# Runs the tests and ends with `N passed, N failed`: test.sh unit | all
# `all` adds the kernel and integration tests (root; each package's *.kernel.test.ts, one file at a time) and
# fails when an interface, namespace, BPF object or pin is left over. Used by `make test` and `make test-unit`.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:/usr/sbin:/sbin" NX_DAEMON=false FORCE_COLOR="${FORCE_COLOR-0}"
root=$PWD
suite=$1
results=test-results
rm -rf "$results"
mkdir -p "$results"
extra=0

kernel_packages() {
  find bpf packages -name node_modules -prune -o -name '*.kernel.test.ts' -print | sed -E 's#/(src|test)/.*##' | sort -u
}

fail() {
  echo "$1"
  extra=$((extra + 1))
}

# `timeout` makes a process group of its own, which Ctrl-C does not reach: it is handed on.
running=
interrupted() {
  trap '' INT TERM
  [ -z "$running" ] || { kill "$running"; wait "$running"; }
  exit 130
}
trap interrupted INT TERM

# The reports that must exist afterwards.
names=$(npx --no-install nx show projects --with-target test --sep ' ') || fail 'nx cannot list the projects'
npx --no-install nx run-many -t test --parallel="${PARALLEL:-2}" --output-style=stream
unit=$?

if [ "$suite" = all ]; then
  npx --no-install nx run-many -t build --output-style=stream || fail 'the build failed'
  before=$(mktemp)
  trap 'rm -f "$before"' EXIT
  node tools/leaks.mjs snapshot >"$before" || fail 'cannot see what the machine holds'
  for package in $(kernel_packages); do
    names="$names $(basename "$package")-kernel"
    (cd "$package" && SUITE=kernel exec timeout -k 10 1800 npx --no-install vitest run --config "$root/vitest.config.ts" --root .) &
    running=$!
    wait "$running" || kernel=1
    running=
  done
  timeout -k 10 180 make --no-print-directory bench-quick || fail 'a benchmark cannot be run'
  left=$(node tools/leaks.mjs compare "$before") || fail "left over after the tests:
$left"
fi

summary=$(node tools/tally.mjs "$results" $names)
passed=$(tail -n 1 <<<"$summary" | cut -d' ' -f1)
failed=$(tail -n 1 <<<"$summary" | cut -d' ' -f3)
# A runner that failed though every report is green (an unhandled error, a time limit) is a failure too.
if [ "$failed" = 0 ] && [ $((unit + ${kernel:-0})) != 0 ]; then fail 'a test runner failed, though its tests passed'; fi
failed=$((failed + extra))
head -n -1 <<<"$summary"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
