#!/usr/bin/env bash
# Builds the image from deploy/Dockerfile as it stands, and tests it: container-test.sh. Ends with `N passed, N failed`.
# Where no registry is in reach, its bases are made of Debian's packages. BASE_IMAGE and BPF_BASE_IMAGE name others.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo 'Containers with capabilities need root. Run: sudo make container-test'; exit 1; }
root=$PWD
export CONTAINERS_CONF="$root/deploy/test/containers.conf"
made=(localhost/scanward-base:trixie localhost/scanward-base:bookworm)

log=$(mktemp)
before=$(mktemp)
trap 'rm -f "$log" "$before" "$before.podman"' EXIT
step() {
  local begun=$SECONDS
  echo "$1 ..."
  timeout -k 10 900 "${@:2}" >"$log" 2>&1 || { tail -n 40 "$log"; echo "$1: failed"; echo '0 passed, 1 failed'; exit 1; }
  echo "$1: $((SECONDS - begun)) s"
}
[ -n "${BASE_IMAGE-}" ] && [ -n "${BPF_BASE_IMAGE-}" ] || step 'bases of Debian packages' deploy/test/base-images.sh "${made[@]}"
step 'image' make podman IMAGE=localhost/scanward:latest \
  BASE_IMAGE="${BASE_IMAGE:-${made[0]}}" BPF_BASE_IMAGE="${BPF_BASE_IMAGE:-${made[1]}}"

node tools/leaks.mjs snapshot >"$before"
things() { podman ps --all --quiet; podman volume ls --quiet; }
things >"$before.podman"
rm -f test-results/deploy-container.json
mkdir -p test-results
failed=0
(cd deploy && SUITE=container timeout -k 10 400 npx --no-install vitest run --config "$root/vitest.config.ts" --root .) || failed=1
left=$(node tools/leaks.mjs compare "$before" && things | diff "$before.podman" -) || { echo "left over after the tests: $left"; failed=1; }
summary=$(node tools/tally.mjs test-results deploy-container) || failed=1
head -n -1 <<<"$summary"
read -r passed _ bad _ <<<"$(tail -n 1 <<<"$summary")"
[ "$failed" = 0 ] || [ "$bad" != 0 ] || bad=1
echo "$passed passed, $bad failed"
exit "$failed"
