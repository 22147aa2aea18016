import { expect, test } from 'vitest';
import { moduleFiles } from './initramfs.ts';

test('modules are loaded once, each after what it needs; what is built in is not', () => {
  const pci = 'insmod /m/virtio.ko \ninsmod /m/virtio_ring.ko \ninsmod /m/virtio_pci.ko \n';
  const block = 'insmod /m/virtio.ko \ninsmod /m/virtio_ring.ko \ninsmod /m/virtio_blk.ko.xz \n';
  expect(moduleFiles([pci, 'builtin virtiofs\n', block])).toEqual([
    '/m/virtio.ko',
    '/m/virtio_ring.ko',
    '/m/virtio_pci.ko',
    '/m/virtio_blk.ko.xz',
  ]);
});
