#!/usr/bin/env bash
# The differential test, any packets and any objects, in turn: fuzz.sh TIME [REPLAY]
# TIME: 30s, 10m, 2h. REPLAY: a file that a failure left in test-results/; that case alone. TEST_SEED sets the seed.
set -euo pipefail
time=${1:-1m}
replay=${2-}
[[ $time =~ ^([0-9]+)([smh]?)$ ]] || { echo "TIME is a number with s, m or h, as in TIME=10m, not $time" >&2; exit 2; }
case ${BASH_REMATCH[2]} in h) unit=3600 ;; m) unit=60 ;; *) unit=1 ;; esac
export FUZZ_SECONDS=$((BASH_REMATCH[1] * unit))
if [ -n "$replay" ]; then
  FUZZ_REPLAY=$(realpath -e "$replay")
  export FUZZ_REPLAY
fi
cd "$(dirname "$0")/../bpf"
exec npx --no-install vitest run --config ../tools/fuzz.config.mjs --root .
