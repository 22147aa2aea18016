#!/usr/bin/env node
// Finds what a test run left behind on the machine.
//   leaks.mjs snapshot                 prints what there is, as JSON
//   leaks.mjs compare FILE|-           prints what is there now and was not in the snapshot; exit 1 if anything is
// Programs, maps and links need root; the kernel frees them a little after their last user, hence the patience.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 5_000;
process.env.PATH += ':/usr/sbin:/sbin';

const json = (command, ...args) => {
  const text = execFileSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return text.trim() === '' ? [] : JSON.parse(text);
};

// systemd loads programs of its own at any time.
const ours = ({ name = '', type = '' }) => !name.startsWith('sd_') && !type.startsWith('cgroup');

const bpffs = () =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'bpf')
    .map(([, path]) => path);

// Pins are files; iproute2 makes folders and links of its own the first time that it loads an object.
const pins = (mounted) => {
  try {
    const entries = readdirSync(mounted, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => `pin ${parentPath}/${name}`);
  } catch {
    return [];
  }
};

const bpfObjects = (kind) =>
  json('bpftool', '-j', kind, 'show')
    .filter(ours)
    .map(({ id, type, name = '' }) => `bpf ${kind} ${id} ${type} ${name}`.trim());

function snapshot() {
  const interfaces = json('ip', '-j', 'link', 'show').map(({ ifname }) => `interface ${ifname}`);
  const namespaces = json('ip', '-j', 'netns', 'list').map(({ name }) => `namespace ${name}`);
  return [
    ...interfaces,
    ...namespaces,
    ...['prog', 'map', 'link'].flatMap(bpfObjects),
    ...bpffs().flatMap((path) => [`mount ${path}`, ...pins(path)]),
  ];
}

/** Who holds a BPF object: the descriptors of all processes name what they stand for. */
function holders(kind, id) {
  const held = new RegExp(`^${kind}_id:\\s*${id}$`, 'm');
  const holds = (pid) => {
    try {
      return readdirSync(`/proc/${pid}/fdinfo`).some((fd) =>
        held.test(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8')),
      );
    } catch {
      return false; // It ended while we looked.
    }
  };
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && holds(name));
}

function explain(thing) {
  const [what, kind, id] = thing.split(' ');
  const pids = what === 'bpf' ? holders(kind, id) : [];
  return pids.length > 0 ? `${thing} (held by ${pids.join()})` : thing;
}

const [verb, file] = process.argv.slice(2);
if (verb === 'snapshot') {
  console.log(JSON.stringify(snapshot()));
} else if (verb === 'compare' && file) {
  const before = new Set(JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')));
  const end = performance.now() + PATIENCE_MS;
  // What comes only now belongs to somebody else.
  let left = snapshot().filter((thing) => !before.has(thing));
  while (left.length > 0 && performance.now() < end) {
    await sleep(250);
    const now = new Set(snapshot());
    left = left.filter((thing) => now.has(thing));
  }
  for (const thing of left) console.log(explain(thing));
  process.exitCode = left.length > 0 ? 1 : 0;
} else {
  console.error('usage: leaks.mjs snapshot | compare FILE|-');
  process.exitCode = 2;
}
