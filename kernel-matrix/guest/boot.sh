#!/bin/bash
# The first program on the root of a guest of QEMU: what an init does, for one script, then off.
# What it needs to know is on the kernel's command line, each value percent-encoded.
exec </dev/null
export HOME=/root TERM=dumb LANG=C.UTF-8
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

for word in $(</proc/cmdline); do
  value=${word#*=}
  printf -v value '%b' "${value//%/\\x}"
  case $word in
    scanward.path=*) PATH=$value:$PATH ;;
    scanward.run=*) run=$value ;;
    scanward.tests=*) export MATRIX_TESTS=$value ;;
    scanward.canary=*) export MATRIX_CANARY=$value ;;
    scanward.pace=*) export MATRIX_PACE=$value ;;
  esac
done

mounted() { mountpoint -q "$1"; }
mounted /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
mounted /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo scanward >/proc/sys/kernel/hostname
ip link set lo up
ulimit -n 65536

# The line on which results go to the host.
for port in /sys/class/virtio-ports/*; do
  [ "$(cat "$port/name" 2>/dev/null)" = scanward.result ] && export MATRIX_RESULT="/dev/${port##*/}"
done

if [ -c "${MATRIX_RESULT-}" ]; then
  "$run"
  echo "scanward: $run ended with $?"
else
  echo 'scanward: there is no port for the results'
fi

# There is no init that could be asked.
echo o >/proc/sysrq-trigger
sleep 60
