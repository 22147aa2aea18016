#!/usr/bin/env bash
# Sees to it that the commands that a make verb needs are there: need.sh start | demo | test | compiler | bpf | ci | big-endian | matrix | vagrant | container | end2end | seccomp
# On Debian, what is missing is installed by apt, whose line is shown first; elsewhere it is named. Says nothing,
# and does nothing, when all is there.
set -euo pipefail
PATH="$PATH:/usr/sbin:/sbin"

# command:Debian package
start=(node:nodejs npm:npm g++:g++ make:make python3:python3)
# The demo has a scanner of its own for where there is no nmap.
demo=("${start[@]}" ip:iproute2)
# What is generated and committed is made by one compiler; `make bpf` takes any.
bpf=(clang-14:clang-14 llvm-strip-14:llvm-14 /usr/include/bpf/bpf_helpers.h:libbpf-dev)
# The mutation test compiles the program.
test=("${start[@]}" "${bpf[@]}" gcc:gcc ip:iproute2 sysctl:procps nmap:nmap hping3:hping3 bpftool:bpftool ethtool:ethtool
  masscan:masscan nft:nftables tmux:tmux tcpdump:tcpdump zsh:zsh fish:fish groff:groff-base man:man-db
  prometheus:prometheus promtool:prometheus)
seccomp=("${test[@]}" strace:strace)
compiler=(clang:clang llvm-strip:llvm /usr/include/bpf/bpf_helpers.h:libbpf-dev)
ci=("${test[@]}" git:git)
# The guests' userland is this machine's, so what the tests need is needed here. Debian 12 has virtiofsd with QEMU.
virtiofsd=/usr/libexec/virtiofsd:virtiofsd
[ "$(. /etc/os-release 2>/dev/null && echo "${VERSION_ID-}")" != 12 ] || virtiofsd=/usr/lib/qemu/virtiofsd:qemu-system-common
matrix=("${test[@]}" qemu-system-x86_64:qemu-system-x86 "$virtiofsd" busybox:busybox-static cpio:cpio modprobe:kmod
  xz:xz-utils zstd:zstd setpriv:util-linux hping3:hping3
  /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring)
vagrant=("${start[@]}" vagrant:vagrant /usr/share/doc/vagrant-libvirt:vagrant-libvirt
  libvirtd:libvirt-daemon-system /usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so:libvirt-daemon-driver-qemu
  virsh:libvirt-clients dnsmasq:dnsmasq-base iptables:iptables ssh:openssh-client rsync:rsync
  qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils "$virtiofsd" debootstrap:debootstrap mkfs.ext4:e2fsprogs
  busybox:busybox-static cpio:cpio modprobe:kmod xz:xz-utils zstd:zstd nsenter:util-linux
  /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring)

# s390x: its compiler, and its processor in software, for one program and as a machine; xz for its modules, zstd for packages.
big_endian=("${start[@]}" qemu-s390x-static:qemu-user-static qemu-system-s390x:qemu-system-misc
  s390x-linux-gnu-g++:g++-s390x-linux-gnu dpkg-deb:dpkg mkfs.ext4:e2fsprogs xz:xz-utils zstd:zstd
  /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring)
matrix+=("${big_endian[@]}")

# The runtimes that the image is tested in, and Debian's packages for its base.
container=("${test[@]}" podman:podman runc:runc containerd:containerd /usr/lib/podman/netavark:netavark mmdebstrap:mmdebstrap strace:strace
  /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring)

end2end=("${start[@]}")
docker compose version >/dev/null 2>&1 || end2end+=(podman:podman podman-compose:podman-compose iptables:iptables
  /usr/lib/podman/netavark:netavark /usr/lib/podman/aardvark-dns:aardvark-dns)

case "${1-}" in
  start) needs=("${start[@]}") ;;
  demo) needs=("${demo[@]}") ;;
  test) needs=("${test[@]}") ;;
  compiler) needs=("${compiler[@]}") ;;
  bpf) needs=("${bpf[@]}") ;;
  ci) needs=("${ci[@]}") ;;
  big-endian) needs=("${big_endian[@]}") ;;
  matrix) needs=("${matrix[@]}") ;;
  vagrant) needs=("${vagrant[@]}") ;;
  container) needs=("${container[@]}") ;;
  seccomp) needs=("${seccomp[@]}") ;;
  end2end) needs=("${end2end[@]}") ;;
  *) echo 'usage: need.sh start | demo | test | compiler | bpf | ci | big-endian | matrix | vagrant | container | end2end | seccomp' >&2; exit 2 ;;
esac

packages=()
for need in "${needs[@]}"; do
  thing=${need%:*}
  [ -e "$thing" ] || command -v "$thing" >/dev/null || packages+=("${need##*:}")
done

if [ ${#packages[@]} -gt 0 ]; then
  debian=$(. /etc/os-release 2>/dev/null && [[ " ${ID-} ${ID_LIKE-} " == *" debian "* ]] && echo yes || true)
  if [ -z "$debian" ] || ! command -v apt-get >/dev/null; then
    echo "Missing: ${packages[*]} (names of the Debian packages). Install them, then run this again." >&2
    exit 1
  fi
  line="apt-get install -y --no-install-recommends ${packages[*]}"
  if [ "$(id -u)" != 0 ]; then
    echo "Missing packages. Run: sudo $line" >&2
    exit 1
  fi
  echo "$line"
  export DEBIAN_FRONTEND=noninteractive
  # The tests start a Prometheus of their own; the package would start one for this machine, and at each boot.
  unwanted=
  [[ " ${packages[*]} " != *" prometheus "* ]] || ! command -v systemctl >/dev/null || unwanted=prometheus
  [ -z "$unwanted" ] || systemctl mask --runtime "$unwanted" >/dev/null 2>&1 || true
  { apt-get update -q && $line -q; } >/tmp/scanward-apt.$$ 2>&1 </dev/null || { tail -n 20 /tmp/scanward-apt.$$ >&2; rm -f /tmp/scanward-apt.$$; exit 1; }
  rm -f /tmp/scanward-apt.$$
  [ -z "$unwanted" ] || { systemctl unmask --runtime "$unwanted"; systemctl disable "$unwanted"; } >/dev/null 2>&1 || true
fi

# Debian 12 has Node 18: too old for what we use, so say where a newer one is.
[ "$1" = bpf ] || [ "$1" = compiler ] || node -e '
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: 20.19 or newer is needed (https://nodejs.org).`);
  process.exit(1);
}'
