import { features } from '@scanward/loader-native';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, arch, endianness, release } from 'node:os';
import type { GuestEvent } from '../types.ts';
import { versionIn } from './version.ts';

/** Which kernel this is, and what it has. */
export function machine(): Extract<GuestEvent, { event: 'boot' }> {
  const { xdpLink, xdpFrags, ringBuffer, batch, mmapableArray, coarseClock, bloomFilter, jit } = features();
  return {
    event: 'boot',
    release: release(),
    version: versionIn(readFileSync('/proc/version', 'utf8')),
    arch: arch(),
    endian: endianness() === 'LE' ? 'little' : 'big',
    cpus: availableParallelism(),
    node: process.version,
    features: {
      bpf_link: xdpLink,
      'ring buffer': ringBuffer,
      'batches of elements': batch,
      'arrays in memory': mmapableArray,
      'coarse clock': coarseClock,
      'bloom filter': bloomFilter,
      'XDP frags': xdpFrags,
      JIT: jit,
      BTF: existsSync('/sys/kernel/btf/vmlinux'),
    },
  };
}
