#!/bin/bash
# The session of OPERATIONS.md, for a terminal of 100 columns: sudo docs/operations-session.sh
# Two network namespaces, joined by a wire. What is protected has mounts of its own, too: its pins and its state file are
# where they always are, and the machine's are not touched. All is gone when this ends. Needs ip, nmap, tcpdump and the built
# command. packages/cli/test/integration/operations.kernel.test.ts runs it in tmux, and holds OPERATIONS.md against it.
set -eu
folder=$(dirname "$(readlink -f "$0")")

outside() {
	[ "$(id -u)" = 0 ] || { echo 'Network namespaces need root. Run: sudo docs/operations-session.sh'; exit 1; }
	host=scw-$$-host scanner=scw-$$-scanner
	trap 'ip netns del "$host"; ip netns del "$scanner"' EXIT
	ip netns add "$host"
	ip netns add "$scanner"
	ip link add eth0 netns "$host" type veth peer name eth0 netns "$scanner"
	for end in "$host" "$scanner"; do
		ip -n "$end" link set lo up
		ip -n "$end" link set eth0 up
	done
	ip -n "$host" address add 10.77.0.1/24 dev eth0
	for last in 2 3 4; do ip -n "$scanner" address add 10.77.0.$last/24 dev eth0; done
	ip netns exec "$host" "$folder/operations-session.sh" inside "$scanner"
}

# `ip netns exec` gives each command mounts of its own, without a BPF file system.
prepare() {
	mount -t tmpfs tmpfs /var/lib
	mount -t bpf bpf /sys/fs/bpf
	mount --bind /dev/null /etc/resolv.conf
	unset SSH_CONNECTION SSH_CLIENT SSH_TTY
	mkdir /var/lib/bin /var/lib/here /var/lib/run
	# The socket of events is a host's; so is this configuration.
	mkdir -p /run/scanward
	mount --bind /var/lib/run /run/scanward
	export SCANWARD_CONFIG=/var/lib/here/scanward.yaml NO_COLOR=1
	touch "$SCANWARD_CONFIG"
	printf '#!/bin/sh\nexec node %q "$@"\n' "$folder/../packages/cli/bin/scanward.js" >/var/lib/bin/scanward
	chmod +x /var/lib/bin/scanward
	export PATH=/var/lib/bin:$PATH
	cd /var/lib/here
	node -e 'for (const port of [22, 80]) require("net").createServer((socket) => socket.destroy()).listen(port)' &
	server=$!
	trap 'kill "$server"; kill "$(<pid)" 2>/dev/null || true' EXIT
	until [ "$(ss -Hltn | wc -l)" = 2 ]; do sleep 0.1; done
}

title() { printf '\n## %s\n\n' "$1"; }

host() {
	printf 'host# %s\n' "$1"
	eval "$1" || echo "[exit code $?]"
}

scanner() {
	printf 'scanner# %s\n' "$1"
	ip netns exec "$scanner" $1 | sed '/^$/d'
}

# Starts the daemon, and waits until it sees packets.
start() {
	: >scanward.log
	host "scanward run -i eth0 $1>scanward.log 2>&1 &"
	echo $! >pid
	disown
	until grep -q 'attached to' scanward.log; do sleep 0.1; done
}

ended() { tail --pid="$(<pid)" -f /dev/null; }

# What the daemon prints, it prints within a second.
log() {
	sleep 1.2
	host "$1"
}

session() {
	title 'Before the first start'
	host 'scanward version'
	host 'scanward doctor -i eth0 | head -n 3'
	host 'scanward completion bash | head -n 2'
	host 'scanward man blocks | head -n 4'
	host "echo 'threshold: 2' >scanward.yaml"
	host "scanward check-config --window 2m | grep -v 'default$'"

	title 'Start, and a scan'
	host 'rm scanward.yaml; touch scanward.yaml'
	start ''
	host 'cat scanward.log'
	scanner 'nmap -n -Pn -p 1-100 -T5 --max-retries 0 10.77.0.1'
	log 'tail -n 6 scanward.log'
	scanner 'nmap -n -Pn -p 22,80 -S 10.77.0.3 -e eth0 10.77.0.1'

	title 'Look'
	host 'scanward status'
	host 'scanward blocks'
	host 'scanward sources'
	host 'scanward top --once'

	title 'What happens, and what happened'
	host 'scanward events --limit 4'
	host 'scanward events --kind scan --json | cut -c 1-100'

	title 'Block and unblock'
	host "scanward block 198.51.100.0/24 --for 24h --reason 'ticket 4711'"
	host 'scanward unblock 10.77.0.2 --grace 10m'
	scanner 'nmap -n -Pn -p 1-100 -T5 --max-retries 0 10.77.0.1'
	host 'scanward blocks'
	host 'scanward allow add 10.77.0.3'
	host 'scanward block 10.77.0.3'
	host 'scanward allow'
	log 'tail -n 3 scanward.log'

	host 'scanward scans'

	title 'Change the rules'
	host "echo 'threshold: 5' >scanward.yaml; kill -HUP \$(<pid)"
	log 'tail -n 1 scanward.log'
	host "echo 'threshhold: 5' >scanward.yaml; kill -HUP \$(<pid)"
	log 'tail -n 1 scanward.log'
	host 'scanward status | grep policy'
	host "printf '192.0.2.7\n203.0.113.0/24 # a net\nnobody\n' >bad.list; echo 'block-list: bad.list' >scanward.yaml"
	host 'kill -HUP $(<pid)'
	log 'tail -n 5 scanward.log'
	host 'scanward blocks --plain --filter reason=list'
	host '>scanward.yaml; kill -HUP $(<pid)'
	log 'tail -n 2 scanward.log'

	title 'kill -9'
	host 'kill -9 $(<pid)'
	ended
	host 'scanward status'
	scanner 'nmap -n -Pn -p 1-100 -T5 --max-retries 0 -S 10.77.0.4 -e eth0 10.77.0.1'
	host 'scanward blocks'

	title 'Start again'
	start '--keep-on-exit '
	log 'cat scanward.log'
	host 'scanward blocks'
	host '(cd /sys/fs/bpf/scanward/default; ls -C . links */maps */programs)'

	title 'Stop, and leave it attached'
	host 'kill $(<pid)'
	ended
	host 'tail -n 2 scanward.log'
	host 'scanward status | head -n 3'

	title 'Detach'
	host 'scanward detach'
	host 'scanward status'
	host 'ls /sys/fs/bpf/scanward'
	host 'ls -l /var/lib/scanward'
	host 'cat /var/lib/scanward/state.json'

	title 'After a restart of the machine'
	start ''
	host 'grep restored scanward.log'
	host 'scanward blocks --json'
	host 'kill $(<pid)'
	ended
	host 'tail -n 1 scanward.log'
	host 'scanward scans | tail -n 1'

	title 'What would it have said?'
	host 'tcpdump -q -i eth0 -w monday.pcap tcp 2>tcpdump.log & echo $! >recorder'
	until [ -s monday.pcap ] || grep -q listening tcpdump.log; do sleep 0.1; done
	scanner 'nmap -n -Pn -p 22,80 10.77.0.1'
	sleep 1.2
	kill "$(<recorder)"
	while [ -e "/proc/$(<recorder)" ]; do sleep 0.1; done
	host 'scanward replay -n 1 monday.pcap'
}

if [ "${1-}" = inside ]; then
	scanner=$2
	prepare
	session
else
	outside
fi
