import type { Features } from '@scanward/loader-native';
import type { Facts, LinkFacts } from '../src/doctor/facts.ts';

export const ALL_FEATURES: Features = {
  release: '6.18.0',
  xdpLink: true,
  xdpFrags: true,
  ringBuffer: true,
  bloomFilter: true,
  batch: true,
  mmapableArray: true,
  coarseClock: true,
  jit: true,
};

const limits = `Limit                     Soft Limit           Hard Limit           Units
Max open files            1024                 524288               files
Max locked memory         8388608              8388608              bytes
`;

/** An interface with which nothing is wrong. */
export function fakeLink(changes: Partial<LinkFacts> = {}): LinkFacts {
  return {
    up: true,
    loopback: false,
    mtu: 1500,
    kind: undefined,
    driver: 'ice',
    offloads: 'large-receive-offload: off\nrx-gro-hw: off [fixed]\n',
    xdp: [],
    watcher: { value: undefined },
    ...changes,
  };
}

/** A machine on which nothing is wrong. */
export function fakeFacts(changes: Partial<Facts> = {}): Facts {
  return {
    release: '6.18.0',
    status: 'CapEff:\t000001ffffffffff\nCapBnd:\t000001ffffffffff\n',
    limits,
    meminfo: 'MemTotal: 4194304 kB\nMemAvailable:    2097152 kB\n',
    jitEnable: '1\n',
    jitHarden: '0\n',
    unprivilegedBpf: '2\n',
    lockdown: '[none] integrity confidentiality\n',
    clocksource: 'tsc\n',
    hasBtf: true,
    addonError: undefined,
    object: { value: '/usr/lib/scanward.o' },
    features: { value: ALL_FEATURES },
    bpffs: { path: '/sys/fs/bpf/scanward', isNamed: false, isBpfFs: true, isWritable: true },
    state: { path: '/var/lib/scanward/state.json', isNamed: false, isWritable: true },
    interfaces: { value: [{ name: 'eth0', link: fakeLink() }] },
    instance: 'default',
    ...changes,
  };
}
