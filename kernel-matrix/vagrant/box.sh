#!/usr/bin/env bash
# Builds the Vagrant box from Debian's packages: box.sh MIRROR FOLDER BOX
# MIRROR: where debootstrap fetches from; FOLDER: an empty one to work in; BOX: the file to write.
# The box has no kernel, no modules and no boot loader: libvirt boots a kernel of the cache with this disk, so one box
# serves all kernels and need not change when they do. It has no systemd either, which takes a minute under emulation.
set -euo pipefail
mirror=$1 folder=$2 box=$3
here=$(dirname "$(readlink -f "$0")")
suite=trixie # Debian 13, whose Node is 20.19; that of Debian 12 is too old
packages=(
  openssh-server sudo rsync udhcpc kmod procps iproute2 ethtool ca-certificates # a machine that Vagrant can talk to
  nodejs python3 nmap hping3 bpftool                                            # what the guest side runs
)
root=$folder/root

debootstrap --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" "$suite" "$root" "$mirror"

# Vagrant's own user, who enters by the key that everybody has, and may everything.
chroot "$root" useradd --create-home --shell /bin/bash --password '*' vagrant
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/vagrant"
for key in {/usr/share/rubygems-integration/all,/opt/vagrant/embedded/gems/*}/gems/vagrant-[0-9]*/keys/vagrant.pub; do
  [ ! -e "$key" ] || break
done
install -D -m 600 "$key" "$root/home/vagrant/.ssh/authorized_keys"
chroot "$root" chown -R vagrant: /home/vagrant/.ssh
# Under emulation each of these costs a login some seconds.
printf '%s\n' 'UseDNS no' 'UsePAM no' 'PrintMotd no' >"$root/etc/ssh/sshd_config.d/vagrant.conf"

echo scanward >"$root/etc/hostname"
echo '127.0.0.1 localhost scanward' >"$root/etc/hosts"
echo '/dev/vda / ext4 rw 0 1' >"$root/etc/fstab"
mkdir -p "$root/scanward" "$root/lib/modules"
install -m 755 "$here/init" "$root/sbin/init"
for command in shutdown poweroff; do install -m 755 "$here/poweroff" "$root/sbin/$command"; done

rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*.log
rm -rf "$root"/usr/share/{doc,man,info,locale}/*

gigabytes=4
mkfs.ext4 -q -d "$root" -L scanward "$folder/box.raw" "${gigabytes}G"
qemu-img convert -c -O qcow2 "$folder/box.raw" "$folder/box.img"
rm -rf "$folder/box.raw" "$root"
echo "{\"provider\":\"libvirt\",\"format\":\"qcow2\",\"virtual_size\":$gigabytes}" >"$folder/metadata.json"
tar -C "$folder" -cf "$box" metadata.json box.img
