#!/usr/bin/env bash
# Provisions the machine `nerdctl` of the Vagrantfile, as root: containerd and nerdctl, the image built by `make nerdctl`, and Scanward
# at work by `make nerdctl-run`. nerdctl-full brings the containerd, runc, BuildKit and CNI plugins that go with it: Debian 12's
# containerd is older than nerdctl 2 works with, and nerdctl and BuildKit are not packaged there.
set -euo pipefail
version=${NERDCTL_VERSION:-2.2.2}
export DEBIAN_FRONTEND=noninteractive PATH=/usr/local/bin:$PATH

apt-get update -q
apt-get install -q -y --no-install-recommends ca-certificates curl iptables make

if ! nerdctl --version 2>/dev/null | grep -qF " $version"; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"
  archive=nerdctl-full-$version-linux-$(dpkg --print-architecture).tar.gz
  for file in "$archive" SHA256SUMS; do
    curl -fsSL --retry 3 -O "https://github.com/containerd/nerdctl/releases/download/v$version/$file"
  done
  # A list without the archive checks nothing, and fails here.
  grep -F " $archive" SHA256SUMS | sha256sum --check --strict
  tar -xzf "$archive" -C /usr/local
fi
systemctl daemon-reload
systemctl enable --now containerd buildkit

cd /scanward
make nerdctl

# Of an earlier provision.
systemctl stop scanward 2>/dev/null || true
nerdctl rm --force scanward 2>/dev/null || true
since=@$(date +%s)
systemd-run --unit scanward --collect --working-directory /scanward --setenv PATH="$PATH" make nerdctl-run PINS=/sys/fs/bpf
for _ in $(seq 60); do
  if journalctl --unit scanward --since "$since" --output cat | grep -F 'attached to '; then exit 0; fi
  systemctl is-active --quiet scanward || break
  sleep 1
done
journalctl --unit scanward --lines 20 --output cat
echo 'Scanward did not start' >&2
exit 1
