#!/usr/bin/env bash
# Makes docs/top.svg anew: `scanward top` at 100x30, as it watches a host that is scanned. Root, tmux and nmap; all is in
# network namespaces of its own, and nothing is left of it.
set -euo pipefail
cd "$(dirname "$0")/.."
scanward=$PWD/packages/cli/bin/scanward.js
[ -e packages/cli/dist/scanward.js ] || { echo 'top-picture.sh: the command is not built: run make build first' >&2; exit 1; }

host=scw-$$-picture-host net=scw-$$-picture-net work=$(mktemp -d)
tmux() { ip netns exec "$host" tmux -u -L "scw-$$-picture" -f /dev/null "$@"; }
clean() {
  tmux kill-server 2>/dev/null || true
  for namespace in "$host" "$net"; do
    for pid in $(ip netns pids "$namespace" 2>/dev/null); do kill -9 "$pid" 2>/dev/null || true; done
    ip netns del "$namespace" 2>/dev/null || true
  done
  umount "$work/bpf" 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT

ip netns add "$host"
ip netns add "$net"
ip link add eth0 netns "$host" type veth peer name eth0 netns "$net"
for namespace in "$host" "$net"; do
  ip -n "$namespace" link set lo up
  ip -n "$namespace" link set eth0 up
done
ip -n "$host" addr add 192.0.2.5/24 dev eth0
ip -n "$host" addr add 2001:db8::5/64 dev eth0 nodad
ip -n "$net" addr add 192.0.2.1/24 dev eth0
ip -n "$net" addr add 2001:db8:bad::7/64 dev eth0 nodad
ip -n "$net" route add 2001:db8::/64 dev eth0
ip -n "$host" route add default via 192.0.2.1
ip -n "$host" route add 2001:db8:bad::/64 dev eth0
for last in 7 23 42 66 91 118 145 201; do ip -n "$net" addr add "198.51.100.$last/24" dev eth0; done
for last in 9 77; do ip -n "$net" addr add "203.0.113.$last/24" dev eth0; done

mkdir "$work/bpf"
mount -t bpf bpf "$work/bpf"
ip netns exec "$host" node "$scanward" run -i eth0 --no-events --metrics off --bpffs "$work/bpf" --state "$work/state.json" >"$work/log" 2>&1 &
disown
for _ in $(seq 100); do grep -q 'attached to' "$work/log" && break; sleep 0.1; done

# scan SOURCE PORTS [KIND]
scan() {
  ip netns exec "$net" nmap -n -Pn "${3--sS}" -S "$1" -e eth0 -p "$2" --max-retries 0 --max-rtt-timeout 60ms 192.0.2.5 >/dev/null 2>&1 || true
}
ip netns exec "$host" node "$scanward" block 203.0.113.128/25 --for 24h --reason 'see ticket 4711' --bpffs "$work/bpf" --state "$work/state.json" >/dev/null
tmux new-session -d -x 100 -y 30 "node '$scanward' top --bpffs '$work/bpf' --state '$work/state.json'"
scan 198.51.100.7 1-60
ip netns exec "$net" nmap -6 -n -Pn -sS -p 20-40 --max-retries 0 --max-rtt-timeout 60ms 2001:db8::5 >/dev/null 2>&1 || true
for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
  scan 198.51.100.23 $((round * 40))-$((round * 40 + 10 * (round % 4) + 9))
  [ $((round % 3)) != 1 ] || scan 203.0.113.9 "$((2000 + round * 300))" -sF
  case $round in
    2) scan 198.51.100.42 22,3389 ;;
    3) scan 198.51.100.66 80,443,8080 ;;
    4) scan 203.0.113.77 100-140 ;;
    5) scan 198.51.100.91 445,3306,5432 ;;
    6) scan 198.51.100.118 22,23 ;;
    8) scan 198.51.100.145 25,587,993,143,110,995,465 ;;
    9) scan 198.51.100.201 9200,27017,6379 ;;
  esac
done
tmux send-keys Down Down
scan 198.51.100.23 600-900 &
sleep 2
tmux capture-pane -e -N -p | node tools/ansi-svg.mjs >"$work/top.svg"
mv "$work/top.svg" docs/top.svg
