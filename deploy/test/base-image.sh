#!/usr/bin/env bash
# A base for deploy/Dockerfile where no registry of images is in reach, made of Debian's packages: base-image.sh NAME
# It has this machine's certificates, and its npm, which Debian has in four hundred packages.
set -euo pipefail
name=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mirror=$(sed -nE 's/^(URIs:|deb)[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+\/debian)\/?([[:space:]].*)?$/\3/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1) || true # one of them may be missing
[ -n "$mirror" ] || { echo 'no Debian mirror in /etc/apt' >&2; exit 1; }
npm=$(realpath "$(npm root -g)/npm")
# Nothing of it is kept, so nothing waits for a disk.
mmdebstrap --quiet --variant=minbase --include=ca-certificates,libnode-dev,nodejs \
  --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*/changelog*' \
  --customize-hook='mkdir -p "$1/usr/local/lib/node_modules"' \
  --customize-hook="copy-in $npm /usr/local/lib/node_modules" \
  --customize-hook='ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"' \
  --customize-hook='ln -s ../lib/node_modules/npm/bin/npx-cli.js "$1/usr/local/bin/npx"' \
  --customize-hook='copy-in /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs' \
  trixie "$folder/base.tar" "$mirror"
podman import --quiet "$folder/base.tar" "$name"
