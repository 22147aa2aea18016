import { join } from 'node:path';
import { inCheckout } from '../checkout.ts';
import type { Watching } from '../lists.ts';
import { guestModules, type Userland } from '../userland.ts';
import { buildAddon } from './addon.ts';
import { s390xRoot } from './root.ts';
import { makeStage } from '../stage.ts';

/** What the tests use; the packages of the kernel are not in the guest, so nothing is loaded later. */
const testModules = ['9p', '9pnet_virtio', 'veth', '8021q', 'sch_ingress', 'cls_bpf'];

/** A root of Debian on a disk, and the checkout, with its stage, as a folder of the host. */
export async function s390xUserland(watch: Watching): Promise<Userland> {
  const root = await s390xRoot(watch);
  watch.progress('compiling the addon for s390x, and the tests');
  await makeStage('s390x', await buildAddon(inCheckout('')));
  return {
    busybox: join(root.folder, 'usr/bin/busybox'),
    modules: [...guestModules, ...testModules],
    root: { kind: 'disk', image: root.image, share: inCheckout('') },
    init: inCheckout('kernel-matrix/guest/boot.sh'),
    path: '/usr/local/bin',
    runScript: inCheckout('kernel-matrix/guest/big-endian.sh'),
    sharesHost: false,
  };
}
