#!/bin/sh
# Lays out the image in a folder: layout.sh FOLDER. Node with the libraries that it loads, the command with its addon, and what
# says whose these are. No shell, no compiler, no package manager. Runs in the build stage of deploy/Dockerfile.
set -eu
image=$1
node=$(readlink -f "$(command -v node)")
app=$image/usr/lib/scanward

libraries=$(ldd "$node" | sed -n 's#.* => \(/[^ ]*\) .*#\1#p; s#^[[:space:]]*\(/[^ ]*\) .*#\1#p')
# Debian's Node keeps some of its own modules as files, whose names stand in its library.
builtins=$(grep -aohE '/usr/share/nodejs/[a-z0-9/._-]+\.js' "$node" $libraries | sort -u)

mkdir -p "$image/usr/bin" "$image/usr/lib" "$image/usr/lib64"
for folder in lib lib64; do [ ! -L /$folder ] || ln -s usr/$folder "$image/$folder"; done

# As files and not as links, each under the name that is asked for.
take() {
  mkdir -p "$image$(dirname "$1")"
  cp -L "$1" "$image$1"
}
take "$node"
[ "$node" = /usr/bin/node ] || ln -s "$node" "$image/usr/bin/node"
for file in $libraries $builtins; do take "$file"; done

# The command is one file; the addon is found by the name of its package.
mkdir -p "$app/bin" "$app/dist/bpf"
cp packages/cli/package.json "$app/"
cp packages/cli/bin/scanward.js "$app/bin/"
cp packages/cli/dist/scanward.js "$app/dist/"
cp -r packages/cli/dist/licenses "$app/dist/"
cp LICENSE "$app/dist/licenses/scanward"
case $(node -p 'os.endianness()') in LE) order=el ;; *) order=eb ;; esac
cp "packages/cli/dist/bpf/scanward.bpf$order.o" "$app/dist/bpf/"
loader=$app/node_modules/@scanward/loader-native
mkdir -p "$loader/build/Release" "$app/node_modules/node-gyp-build"
cp packages/loader-native/package.json "$loader/"
strip -o "$loader/build/Release/scanward.node" packages/loader-native/build/Release/scanward.node
for file in package.json index.js node-gyp-build.js LICENSE; do
  cp "node_modules/node-gyp-build/$file" "$app/node_modules/node-gyp-build/"
done

# Which of Debian's packages these are: the licences, and what a scanner of images reads.
for file in $node $libraries $builtins; do
  # Under one of its names it is known: /lib is a link.
  owner=$(dpkg-query -S "$file" "$(readlink -f "$file")" 2>/dev/null | sed -n '/^diversion/d; s/:.*//p' | head -n 1)
  [ -n "$owner" ] || { echo "$file belongs to no package" >&2; exit 1; }
  echo "$owner"
done >/tmp/owners
sort -u /tmp/owners | while read -r package; do
  mkdir -p "$image/var/lib/dpkg/status.d" "$image/usr/share/doc/$package"
  dpkg-query -s "$package" >"$image/var/lib/dpkg/status.d/$package"
  cp -L "/usr/share/doc/$package/copyright" "$image/usr/share/doc/$package/"
done
cp /etc/os-release "$image/usr/lib/os-release"

# Places to mount at, and the users whose names are told.
mkdir -p "$image/etc/scanward" "$image/dev" "$image/proc" "$image/sys" "$image/run"
install -d -m 0700 "$image/run/scanward" "$image/var/lib/scanward"
printf 'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' >"$image/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$image/etc/group"
