#!/bin/sh
# Makes test/sample/*.dump: what bpftool prints of the maps of a Scanward that blocks three sources and a net and has seen
# packets on two CPUs. Needs root, bpftool and a machine with two CPUs; attaches nothing, leaves nothing.
#   sudo packages/map-codec/scripts/sample-dump.sh
set -eu
cd "$(dirname "$0")/.."

if [ "${1-}" != inside ]; then
	exec unshare --mount "$0" inside
fi

# libbpf makes a dot in a pin path an underscore.
bpf=$(mktemp -d /tmp/scanward-sample-XXXXXX)
trap 'umount "$bpf"; rmdir "$bpf"' EXIT
mount -t bpf bpf "$bpf"
mkdir -p test/sample
mkdir "$bpf/programs" "$bpf/maps"
bpftool prog loadall ../../bpf/prebuilt/scanward.bpfel.o "$bpf/programs" pinmaps "$bpf/maps"

# The object's secret is zero, so all lines are the first one. Two cells of it: a scanner, and the operator's, for ever.
none='00 00 00 00 00 00 00 00 00 00 00 00'
bpftool map update pinned "$bpf/maps/blocked_lines" key hex 00 00 00 00 value hex \
	00 00 01 02 00 00 00 00 c0 00 02 38 c6 33 64 07 $none d6 20 54 00 ff ff ff ff $none \
	d2 05 00 00 d2 05 00 00 $none 00 00 00 00 00 00 00 00 $none \
	00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 $none $none
bpftool map update pinned "$bpf/maps/blocked" \
	key hex 20 01 0d b8 00 01 00 02 00 00 00 00 00 00 00 00 \
	value hex 00 00 00 48 17 00 00 00 00 00 00 58 83 50 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 40 00 00 00
# 203.0.113.0/24, of the operator, for ever.
bpftool map update pinned "$bpf/maps/blocked_nets" \
	key hex 78 00 00 00 00 00 00 00 00 00 00 00 00 00 ff ff cb 00 71 00 \
	value hex 00 00 00 48 17 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 78 00 00 00

ethernet='\0\0\0\0\0\1\0\0\0\0\0\2'
# A UDP packet of 42 bytes from 192.0.2.56 to 10.0.0.5, and an ARP packet of 28 + 14.
udp="$ethernet"'\10\0\105\0\0\34\0\0\0\0\100\21\0\0\300\0\2\70\12\0\0\5\27\125\0\65\0\10\0\0'
arp="$ethernet"'\10\6\0\1\10\0\6\4\0\1\0\0\0\0\0\2\300\0\2\70\0\0\0\0\0\0\12\0\0\5'
# run CPU TIMES PACKET
run() {
	printf "$3" | taskset -c "$1" bpftool prog run pinned "$bpf/programs/scanward" data_in - repeat "$2" >/dev/null
}
run 0 3 "$udp"
run 1 2 "$udp"
run 0 1 "$arp"

# Of the lines the first ones: all others are empty.
bpftool map dump pinned "$bpf/maps/blocked_lines" -j |
	node -e 'console.log(JSON.stringify(JSON.parse(fs.readFileSync(0)).slice(0, 3)))' >test/sample/blocked_lines.dump
bpftool map dump pinned "$bpf/maps/blocked" -j >test/sample/blocked.dump
bpftool map dump pinned "$bpf/maps/blocked_nets" -j >test/sample/blocked_nets.dump
bpftool map dump pinned "$bpf/maps/counters" -j >test/sample/counters.dump
