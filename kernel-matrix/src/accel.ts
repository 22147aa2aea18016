import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { boot } from './boot.ts';
import { cacheFolder, writeWhole } from './cache.ts';
import type { Watching } from './lists.ts';
import type { Accel } from './machine.ts';

/** The line of guest/init that says that a kernel came up. */
const marker = 'scanward: the kernel is up';

interface Bootable {
  readonly vmlinuz: string;
  readonly initramfs: string;
}

/** That /dev/kvm is there proves nothing: there are machines whose KVM cannot run a stock kernel. So one is booted. */
async function kvmWorks({ vmlinuz, initramfs }: Bootable, signal: AbortSignal): Promise<boolean> {
  let log = '';
  await boot({
    guest: { arch: 'x86-64', accel: 'kvm', cpus: 1, memoryMiB: 512, vmlinuz, initramfs, parameters: {} },
    root: { kind: 'none' },
    limitMs: 15_000,
    silenceMs: 15_000,
    signal,
    console: (chunk) => (log += Buffer.from(chunk).toString('latin1')),
    result: () => undefined,
  });
  signal.throwIfAborted();
  return log.includes(marker);
}

/**
 * What x86-64 guests run on: KVM where it works, else emulation. `MATRIX_ACCEL` overrides. The answer is kept until the
 * machine boots again.
 */
export async function chooseAccel(bootable: Bootable, watch: Watching): Promise<Accel> {
  const forced = process.env['MATRIX_ACCEL'];
  if (forced === 'kvm' || forced === 'tcg') return forced;
  if (forced) throw new Error(`MATRIX_ACCEL is "${forced}": it must be kvm or tcg`);
  if (process.arch !== 'x64' || !existsSync('/dev/kvm')) return 'tcg';
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const memory = join(cacheFolder(), 'accel.json');
  const known = await readFile(memory, 'utf8').then(
    (text) => JSON.parse(text) as { bootId: string; accel: Accel },
    () => undefined,
  );
  if (known?.bootId === bootId) return known.accel;
  watch.progress('trying KVM, for at most 15 s');
  const accel = (await kvmWorks(bootable, watch.signal)) ? 'kvm' : 'tcg';
  watch.progress(accel === 'kvm' ? 'KVM works' : 'KVM does not run this kernel: emulation it is');
  await writeWhole(memory, JSON.stringify({ bootId, accel }));
  return accel;
}
