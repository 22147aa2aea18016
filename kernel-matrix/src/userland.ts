import { dirname, join } from 'node:path';
import { checkout } from './cache.ts';
import type { RootSource } from './boot.ts';

/** What a guest of an architecture has besides its kernel. */
export interface Userland {
  /** A static busybox for the initramfs. */
  readonly busybox: string;
  /** What the initramfs loads. */
  readonly modules: readonly string[];
  readonly root: RootSource;
  /** In the guest's root: its first program, the folder that its node is in, and the guest side. */
  readonly init: string;
  readonly path: string;
  readonly runScript: string;
  /** Whether the folders of the host, and so the unpacked modules, are the guest's too. */
  readonly sharesHost: boolean;
}

/** The virtio drivers that every guest needs, and the file systems of its root. */
export const guestModules = [
  'virtio_pci',
  'virtio_blk',
  'virtio_net',
  'virtio_rng',
  'virtio_console',
  'virtiofs',
  'overlay',
  'ext4',
];

/** The host's own: the same Node, the same build, another kernel. */
export const hostUserland: Userland = {
  busybox: '/bin/busybox',
  modules: guestModules,
  root: { kind: 'virtiofs' },
  init: join(checkout, 'kernel-matrix/guest/boot.sh'),
  path: dirname(process.execPath),
  runScript: join(checkout, 'kernel-matrix/guest/run.sh'),
  sharesHost: true,
};
