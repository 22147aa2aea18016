import type { Driver, DriverName } from './types.ts';

/** Each driver is loaded when it is first needed: what one of them asks of the machine, the others need not. */
const drivers: Readonly<Partial<Record<DriverName, () => Promise<Driver>>>> = {
  qemu: async () => new (await import('./qemu.ts')).QemuDriver(),
  vagrant: async () => new (await import('./vagrant.ts')).VagrantDriver(),
  native: async () => new (await import('./native.ts')).NativeDriver(),
};

/** The driver of this name, ready to prepare and run cells. */
export async function loadDriver(name: DriverName): Promise<Driver> {
  const load = drivers[name];
  if (!load) throw new Error(`there is no driver ${name} in this build`);
  return load();
}
