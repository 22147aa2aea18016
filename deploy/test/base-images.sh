#!/usr/bin/env bash
# The bases of deploy/Dockerfile where no registry of images is in reach, made of Debian's packages: base-images.sh BASE BPF_BASE
# What a build would install is in them already: mmdebstrap takes half the time. BASE has this machine's npm, which is four hundred
# packages in Debian, and its certificates.
set -euo pipefail
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
  sed -nE 's/^(URIs:|deb)[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+\/debian)\/?([[:space:]].*)?$/\3/p' | head -n 1) || true
[ -n "$mirror" ] || { echo 'no Debian mirror in /etc/apt' >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# base NAME SUITE PACKAGES [OPTION...]
base() {
  local name=$1 suite=$2 packages=$3
  podman image exists "$name" && return
  mmdebstrap --quiet --variant=minbase --include="$packages" --dpkgopt=force-unsafe-io "${@:4}" \
    "$suite" "$folder/$suite.tar" "$mirror"
  podman import --quiet "$folder/$suite.tar" "$name"
}

npm=$(realpath "$(npm root -g)/npm")
base "$2" bookworm clang-14,gcc,libbpf-dev,llvm-14,make &
bpf=$!
trap 'kill "$bpf" 2>/dev/null || true; wait "$bpf" || true; rm -rf "$folder"' EXIT
base "$1" trixie binutils,ca-certificates,g++,libnode-dev,make,nodejs,python3 \
  --customize-hook='mkdir -p "$1/usr/local/lib/node_modules"' \
  --customize-hook="copy-in $npm /usr/local/lib/node_modules" \
  --customize-hook='ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"' \
  --customize-hook='ln -s ../lib/node_modules/npm/bin/npx-cli.js "$1/usr/local/bin/npx"' \
  --customize-hook='copy-in /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs'
wait "$bpf"
