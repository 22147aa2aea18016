#!/usr/bin/env bash
# Generates everything again and fails on any difference: to what was there before (so that it also works with
# uncommitted changes) and, in CI, to what is committed.
set -euo pipefail
cd "$(dirname "$0")/.."

generated() {
  git ls-files --cached --others --exclude-standard -- bpf/prebuilt '*.generated.*' | sort -u
}

before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
generated | while read -r file; do [ ! -e "$file" ] || echo "$file"; done >"$before.list"
tar -cf - -T "$before.list" | tar -xf - -C "$before"
rm -f "$before.list"

make --no-print-directory generate

changed=0
while read -r file; do
  cmp -s "$file" "$before/$file" || { echo "differs when it is generated again: $file"; changed=1; }
done < <({ generated; (cd "$before" && find . -type f -printf '%P\n'); } | sort -u)
[ -n "$(generated)" ] || { echo 'nothing is generated'; changed=1; }
if [ -n "${CI-}" ]; then
  status=$(git status --porcelain --untracked-files=all -- bpf/prebuilt '*.generated.*')
  [ -z "$status" ] || { echo "not committed:"; echo "$status"; changed=1; }
fi
[ "$changed" = 0 ] || { echo 'Run `make generate` and commit the result.'; exit 1; }
echo 'generated files are up to date'
