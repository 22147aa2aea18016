#!/bin/bash
# The guest side of s390x, whose root has neither vitest's command nor a compiler: runs what kernel-matrix/src/s390x has
# staged. A packet takes a hundred times as long, so each test that can be scaled does little.
cd "$(dirname "$0")/../build/s390x" || exit 1
export SCANWARD_INSIDE=guest TEST_SCALE=0.01
exec node --conditions=@scanward/source kernel-matrix/src/s390x/guest.js
