#!/bin/bash
# The guest side of s390x, whose root has neither vitest's command nor a compiler: runs what kernel-matrix/src/s390x has staged.
cd "$(dirname "$0")/../build/s390x" || exit 1
# In a network namespace of its own, as the others are.
export CI=true FORCE_COLOR=0 NO_COLOR=1 SUITE=kernel SCANWARD_INSIDE=matrix
exec unshare --net -- node --conditions=@scanward/source kernel-matrix/src/s390x/guest.js
