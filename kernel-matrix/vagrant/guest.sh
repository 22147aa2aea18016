#!/bin/bash
# Runs the guest side as root in a machine that is up. Its events come on standard output, all else on standard error.
ulimit -n 65536
export MATRIX_RESULT=/run/matrix-result
: >"$MATRIX_RESULT"
bash /scanward/kernel-matrix/guest/run.sh </dev/null >&2 &
# Not by exec: the shell collects the guest side when it ends, else tail would take it for alive.
tail -n +1 -f --pid=$! "$MATRIX_RESULT"
