#!/bin/bash
# The guest side, the same for all drivers: runs the tests on the kernel that is here, as root.
#   MATRIX_RESULT   where to tell what happens, one JSON object a line: a file, or the port of a guest
#   MATRIX_TESTS    only test files whose path contains this
#   MATRIX_PACE     `brief`: tests do less; `emulated`: they also wait longer
#   MATRIX_CANARY   what is broken on purpose
set -eu
cd "$(dirname "$0")/../.."
export PATH="$PATH:/usr/sbin:/sbin" CI=true FORCE_COLOR=0 NO_COLOR=1

case ${MATRIX_CANARY-} in
  mute)
    echo 'This guest says nothing.'
    exit
    ;;
  panic)
    grep -q scanward.canary=panic /proc/cmdline || { echo 'Only a guest may panic.'; exit 1; }
    echo c >/proc/sysrq-trigger
    ;;
esac

mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
# In a network namespace of its own: nothing in here can touch the machine's network, not even by mistake.
exec unshare --net -- node kernel-matrix/dist/guest/main.js
