#!/usr/bin/env bash
# libvirt in namespaces of its own: unshare --mount --net --pid --fork --kill-child --mount-proc libvirt.sh FOLDER
# Its sockets, networks, bridges, firewall rules, machines and processes are seen in here only and end with this script,
# which says `ready` and waits for the end of its input. A libvirt that the machine runs is neither used nor touched.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
folder=$1
mkdir -p "$folder"/{lib,cache,etc,log}
# As root: where /dev/kvm is root's alone, libvirt would otherwise probe QEMU anew at each call, which takes seconds.
printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' >"$folder/etc/qemu.conf"
mount --bind "$folder/etc" /etc/libvirt
mount --bind "$folder/lib" /var/lib/libvirt
mkdir -p /var/cache/libvirt /var/log/libvirt
mount --bind "$folder/cache" /var/cache/libvirt
mount --bind "$folder/log" /var/log/libvirt
# The machine's sockets and its systemd are out of sight, which know nothing of the processes in here.
mount -t tmpfs tmpfs /run
# Only the network devices of this namespace, and no control groups.
umount -l /sys
mount -t sysfs sysfs /sys
ip link set lo up
virtlogd </dev/null >"$folder/log/virtlogd" 2>&1 &
libvirtd </dev/null >"$folder/log/libvirtd" 2>&1 &
until virsh -q -c qemu:///system list >/dev/null 2>&1; do
  [ $SECONDS -lt 60 ] && kill -0 %1 %2 2>/dev/null || { tail -n 5 "$folder"/log/{virtlogd,libvirtd} >&2; exit 1; }
  sleep 0.2
done
echo ready
# As the first process in here the shell collects those that lost their parents; libvirt waits 15 s for each that stays.
read -r _ || true
