import { describe, expect, test } from 'vitest';
import { ALL_FEATURES, fakeFacts, fakeLink } from '../../test/fake-facts.ts';
import { diagnose } from './diagnose.ts';
import type { Facts, LinkFacts } from './facts.ts';

/** What is not as it should be: `state check: found | remedy`, with the exit code. */
function complaints(changes: Partial<Facts>): string[] {
  return diagnose(fakeFacts(changes))
    .filter(({ state }) => state !== 'ok')
    .map(
      ({ check, interface: name, state, found, remedy, exitCode }) =>
        `${state}${exitCode === undefined ? '' : ` ${exitCode}`} ${name === undefined ? '' : `${name} `}${check}: ${found} | ${remedy ?? ''}`,
    );
}

const eth0 = (link: Partial<LinkFacts>, changes: Partial<Facts> = {}) =>
  complaints({ ...changes, interfaces: { value: [{ name: 'eth0', link: fakeLink(link) }] } });

test('a machine on which nothing is wrong', () => {
  expect(complaints({})).toEqual([]);
  expect(diagnose(fakeFacts()).map(({ check }) => check)).toEqual([
    'kernel',
    'native addon',
    'BPF object',
    'capabilities',
    'XDP link',
    'ring buffer',
    'batches of maps',
    'mapped arrays',
    'coarse clock',
    'XDP frags',
    'BTF',
    'JIT',
    'unprivileged BPF',
    'lockdown',
    'locked memory',
    'memory',
    'open files',
    'bpffs',
    'state file',
    'link',
    'XDP mode',
    'MTU',
    'LRO, GRO-HW',
    'XDP program',
  ]);
});

const noRights = 'CapEff:\t0\nCapBnd:\t000001ffffffffff\n';
const contained = 'CapEff:\t0000000000001000\nCapBnd:\t00000000a80435fb\n';
const features = (changes: Partial<typeof ALL_FEATURES>) => ({ features: { value: { ...ALL_FEATURES, ...changes } } });
const folder = { path: '/x/y', isNamed: true, isWritable: false };
const openFiles = (count: number) => ({ limits: `Max open files            ${count}      4096     files \n` });
const memory = (mebibytes: number) => ({ meminfo: `MemAvailable:   ${mebibytes * 1_024} kB\n` });
const old = { release: '5.10.0-30-amd64' };

describe('the machine', () => {
  test.each<[string, Partial<Facts>, string[]]>([
    [
      'an old kernel',
      { release: '5.4.0', status: 'CapEff:\t1ffffffffff\n' },
      ['missing 4 kernel: Linux 5.4.0 | use Linux 5.10 or later'],
    ],
    [
      'no rights',
      { status: noRights },
      ['missing 3 capabilities: CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF missing | run it as root (sudo)'],
    ],
    [
      'a container without some',
      { status: contained },
      [
        'missing 3 capabilities: CAP_PERFMON, CAP_BPF missing | CAP_PERFMON, CAP_BPF: not in the bounding set, so root has not got it either: let whoever starts the container or the unit grant it',
      ],
    ],
    [
      'no addon',
      { addonError: 'No native build was found' },
      [
        'missing 7 native addon: it cannot be loaded (No native build was found) | install scanward anew, or run `make build` in its repository',
      ],
    ],
    [
      'no object',
      { object: { refusal: { exitCode: 7, todo: 'there is no such file: install scanward anew' } } },
      ['missing 7 BPF object: there is no such file | install scanward anew'],
    ],
    [
      'features that nobody may try',
      { features: { unseen: 'CAP_BPF missing', remedy: 'see capabilities, above' } },
      ['warning features: not looked at: CAP_BPF missing | see capabilities, above'],
    ],
    [
      'a kernel that refuses',
      { features: { refusal: { exitCode: 3, todo: 'the kernel refuses BPF_MAP_CREATE: seccomp: run it as root' } } },
      ['missing 3 features: the kernel refuses BPF_MAP_CREATE | seccomp: run it as root'],
    ],
    ['no links', features({ xdpLink: false }), ['missing 4 XDP link: not there | use Linux 5.9 or later']],
    [
      'an old clock',
      features({ coarseClock: false }),
      [
        'warning coarse clock: not there (clock source tsc): each packet reads the finer clock, which takes longer | use Linux 5.11 or later',
      ],
    ],
    ['no bloom filter, which nothing needs', features({ bloomFilter: false }), []],
    [
      'an interpreter',
      { jitEnable: '0\n' },
      ['warning JIT: off: programs are interpreted | sysctl -w net.core.bpf_jit_enable=1'],
    ],
    [
      'an interpreter whose setting is hidden',
      { jitEnable: undefined, ...features({ jit: false }) },
      ['warning JIT: off: programs are interpreted | sysctl -w net.core.bpf_jit_enable=1'],
    ],
    [
      'a JIT that prints',
      { jitEnable: '2\n' },
      ['warning JIT: on, and prints programs into the kernel log | sysctl -w net.core.bpf_jit_enable=1'],
    ],
    [
      'a hardened JIT',
      { jitHarden: '2\n' },
      ['warning JIT: on, hardened for root too: slower | sysctl -w net.core.bpf_jit_harden=1'],
    ],
    ['a JIT that is hardened for others', { jitHarden: '1\n' }, []],
    [
      'BPF for all',
      { unprivilegedBpf: '0\n' },
      ['warning unprivileged BPF: on: any user may load programs | sysctl -w kernel.unprivileged_bpf_disabled=2'],
    ],
    ['integrity', { lockdown: 'none [integrity] confidentiality' }, []],
    [
      'confidentiality',
      { lockdown: 'none integrity [confidentiality]' },
      ['warning lockdown: confidentiality: some kernels then refuse programs | if so, boot with lockdown=integrity'],
    ],
    [
      'locked memory of an old kernel',
      { ...old, status: 'CapEff:\t000000c000001000\n' },
      [
        'missing 8 locked memory: 8 MiB, and tables take 52 MiB | ulimit -l unlimited, or LimitMEMLOCK=infinity in the systemd unit',
      ],
    ],
    ['the same, lifted', old, []],
    [
      'little memory',
      memory(60),
      ['warning memory: 60 MiB to be had, 148 MiB are needed | lower --max-sources and --max-blocks, or make room'],
    ],
    [
      'hardly any memory',
      memory(20),
      ['missing 8 memory: 20 MiB to be had, 148 MiB are needed | lower --max-sources and --max-blocks, or make room'],
    ],
    [
      'few files',
      openFiles(255),
      ['warning open files: at most 255 | ulimit -n 1024, or LimitNOFILE=1024 in the systemd unit'],
    ],
    [
      'too few files',
      openFiles(63),
      ['missing 8 open files: at most 63 | ulimit -n 1024, or LimitNOFILE=1024 in the systemd unit'],
    ],
    [
      'no bpffs',
      { bpffs: { ...folder, isNamed: false, isBpfFs: false } },
      ['warning bpffs: /x/y is on no BPF file system: nothing outlives the process | mount -t bpf bpf /sys/fs/bpf'],
    ],
    [
      'no bpffs where one was named',
      { bpffs: { ...folder, isBpfFs: false } },
      ['missing 2 bpffs: /x/y is on no BPF file system | mount -t bpf bpf /x/y'],
    ],
    [
      "another's bpffs",
      { bpffs: { ...folder, isBpfFs: true } },
      ['missing 3 bpffs: /x/y may not be written to | run it as root (sudo)'],
    ],
    ['no state file', { state: undefined }, []],
    [
      'a state file that was named',
      { state: folder },
      [
        'missing 11 state file: /x/y cannot be written | run it as root (sudo), name another with --state, or say --no-state',
      ],
    ],
    [
      'the usual state file',
      { state: { ...folder, isNamed: false } },
      [
        'warning state file: /x/y cannot be written: blocks do not outlive a restart of the host | run it as root (sudo), name another with --state, or say --no-state',
      ],
    ],
    [
      'no default route',
      { interfaces: { refusal: { exitCode: 5, todo: 'there is no default route: name one with -i' } } },
      ['missing 5 interfaces: there is no default route | name one with -i'],
    ],
    [
      'a misspelt interface',
      { interfaces: { value: [{ name: 'ethh0', link: undefined, near: 'eth0' }] } },
      ['missing 5 ethh0 link: no such interface | did you mean eth0?'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(complaints(changes)).toEqual(expected);
  });
});

const xdp = [{ programId: 7, mode: 'generic' }] as const;

describe('an interface', () => {
  test.each<[string, Partial<LinkFacts>, string[]]>([
    [
      'down',
      { up: false },
      ['warning eth0 link: down: it shows no packets, and some drivers take XDP only while up | ip link set eth0 up'],
    ],
    [
      'generic',
      { driver: '8139cp' },
      [
        "warning eth0 XDP mode: generic, by its driver's name (8139cp): it works, and costs more a packet | if load matters, use a card with native XDP",
      ],
    ],
    ['the name of what every object has', { driver: 'constructor' }, [expect.stringContaining('generic') as string]],
    [
      'a bridge',
      { driver: undefined, kind: 'bridge' },
      [
        "warning eth0 XDP mode: generic, by its driver's name (bridge): it works, and costs more a packet | if load matters, watch the interface beneath it",
      ],
    ],
    ['veth', { driver: undefined, kind: 'veth', mtu: 9000 }, []],
    ['the loopback', { driver: undefined, loopback: true, mtu: 65_536, offloads: undefined }, []],
    [
      'unknown',
      { driver: undefined },
      ['warning eth0 XDP mode: not known: its driver is not to be seen here | look on the host, with ethtool -i eth0'],
    ],
    ['a large MTU that its driver takes', { mtu: 9001 }, []],
    [
      'a large MTU that it does not',
      { driver: 'ena', mtu: 9001 },
      [
        'warning eth0 MTU: 9001: by its name this driver has native XDP for about 3498 at most | ip link set eth0 mtu 3498 (or less), or --xdp generic',
      ],
    ],
    [
      'offloads',
      { offloads: 'large-receive-offload: on\ngeneric-receive-offload: on\nrx-gro-hw: on\n' },
      [
        'warning eth0 LRO, GRO-HW: large-receive-offload, rx-gro-hw on: drivers may refuse native XDP | ethtool -K eth0 lro off rx-gro-hw off',
      ],
    ],
    [
      'no ethtool',
      { offloads: undefined },
      ['warning eth0 LRO, GRO-HW: not looked at: no answer from ethtool | install ethtool'],
    ],
    [
      'a foreign program',
      { xdp },
      [
        'missing 6 eth0 XDP program: another program is attached (id 7, generic) | take it off (ip link set eth0 xdp off), or say --replace',
      ],
    ],
    ['its own instance', { xdp, watcher: { value: { name: 'default', pid: 4 } } }, []],
    [
      'another instance',
      { xdp, watcher: { value: { name: 'wan', pid: undefined } } },
      [
        'missing 6 eth0 XDP program: instance wan watches it (no daemon; id 7, generic) | stop that one, or scanward detach --name wan',
      ],
    ],
    [
      'somebody, and nobody may look who',
      { xdp, watcher: { unseen: 'CAP_BPF missing', remedy: 'see capabilities, above' } },
      [
        'warning eth0 XDP program: whose it is (id 7, generic) was not looked at: CAP_BPF missing | see capabilities, above',
      ],
    ],
  ])('%s', (_, link, expected) => {
    expect(eth0(link)).toEqual(expected);
  });

  test('what an older kernel has not', () => {
    const bond = { driver: undefined, kind: 'bond' };
    expect(eth0(bond, { release: '5.15.0' })).toEqual([]);
    expect(eth0(bond, { release: '5.14.0' })).toEqual([expect.stringContaining('generic')]);
    expect(eth0({ mtu: 9000 }, { release: '6.2.0' })).toEqual([expect.stringContaining('3498')]);
  });
});
