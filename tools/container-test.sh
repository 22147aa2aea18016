#!/usr/bin/env bash
# Builds the image from deploy/Dockerfile as it stands, and tests it: container-test.sh. Ends with `N passed, N failed`.
# Where no registry is in reach, its bases are made of Debian's packages. BASE_IMAGE and BPF_BASE_IMAGE name others.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo 'Containers with capabilities need root. Run: sudo make container-test'; exit 1; }
root=$PWD
export CONTAINERS_CONF="$root/deploy/test/containers.conf"
base=${BASE_IMAGE:-localhost/scanward-base:trixie}
bpf_base=${BPF_BASE_IMAGE:-localhost/scanward-base:bookworm}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
step() {
  local begun=$SECONDS
  echo "$1 ..."
  "${@:2}" >"$log" 2>&1 || { tail -n 40 "$log"; echo "$1: failed"; echo '0 passed, 1 failed'; exit 1; }
  echo "$1: $((SECONDS - begun)) s"
}
[ -n "${BASE_IMAGE-}" ] || step 'bases of Debian packages' deploy/test/base-images.sh "$base" "$bpf_base"
step 'image' make podman BASE_IMAGE="$base" BPF_BASE_IMAGE="$bpf_base"

rm -f test-results/deploy-container.json
mkdir -p test-results
failed=0
(cd deploy && SUITE=container timeout -k 10 400 npx --no-install vitest run --config "$root/vitest.config.ts" --root .) || failed=1
node tools/tally.mjs test-results deploy-container || exit 1
exit "$failed"
