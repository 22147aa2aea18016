import type { Arch } from './types.ts';

export type Accel = 'kvm' | 'tcg';

/** Where a guest's root is. */
export type Root =
  /** The host's, by the socket of virtiofsd. */
  | { readonly kind: 'virtiofs'; readonly socket: string }
  /** An image of an ext4; what is written to it is thrown away. */
  | { readonly kind: 'disk'; readonly image: string }
  | { readonly kind: 'none' };

export interface Guest {
  readonly arch: Arch;
  readonly accel: Accel;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly vmlinuz: string;
  readonly initramfs: string;
  readonly root: Root;
  /** The socket that takes what the guest tells. */
  readonly result: string;
  /** `scanward.NAME=VALUE` for the kernel's command line. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

/** What differs between the machines: the command, the bus of the virtio devices, the console, words for the kernel. */
const machines = {
  'x86-64': {
    command: 'qemu-system-x86_64',
    bus: 'pci',
    machine: ['-no-user-config'],
    console: 'ttyS0',
    // On a busy machine an emulated timer ticks too late for the kernel's trial of it, which ends in a panic.
    words: ['no_timer_check'],
    consoleDevice: ['-serial', 'chardev:console'],
  },
  s390x: {
    command: 'qemu-system-s390x',
    bus: 'ccw',
    machine: ['-no-user-config', '-machine', 's390-ccw-virtio'],
    console: 'ttysclp0',
    words: [],
    consoleDevice: ['-device', 'sclpconsole,chardev=console'],
  },
} as const satisfies Record<Arch, unknown>;

/** The command that is QEMU for an architecture. */
export const qemuCommand = (arch: Arch): string => machines[arch].command;

/** A comma ends a value of QEMU's options, unless it is doubled. */
const value = (text: string): string => text.replaceAll(',', ',,');

/** What the guest's scripts decode: nothing but these may be on the kernel's command line as it is. */
export const encode = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[\w./:-]/.test(char) ? char : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');

function rootDevice(root: Root, bus: string, memoryMiB: number): string[] {
  switch (root.kind) {
    case 'virtiofs':
      return [
        // virtiofsd reads and writes the guest's memory.
        ...['-object', `memory-backend-memfd,id=memory,size=${memoryMiB}M,share=on`, '-numa', 'node,memdev=memory'],
        ...['-chardev', `socket,id=root,path=${value(root.socket)}`],
        ...['-device', `vhost-user-fs-${bus},chardev=root,tag=hostroot`],
      ];
    case 'disk':
      return [
        ...['-drive', `file=${value(root.image)},format=raw,if=none,id=root,snapshot=on`],
        ...['-device', `virtio-blk-${bus},drive=root`],
      ];
    case 'none':
      return [];
  }
}

/** The kernel's command line. */
export function kernelCommandLine({ arch, root, parameters }: Guest): string {
  const { console, words: own } = machines[arch];
  // A kernel that is broken ends at once, and QEMU with it: panic=-1 restarts, -no-reboot makes that an end.
  const words = [`console=${console}`, 'quiet', 'panic=-1', 'oops=panic', ...own];
  const given: Readonly<Record<string, string | undefined>> = { root: root.kind, ...parameters };
  for (const [name, text] of Object.entries(given))
    if (text !== undefined) words.push(`scanward.${name}=${encode(text)}`);
  return words.join(' ');
}

/** The arguments of QEMU for a guest. */
export function qemuArguments(guest: Guest): string[] {
  const { bus, machine, consoleDevice } = machines[guest.arch];
  return [
    ...machine,
    ...['-accel', guest.accel, '-cpu', guest.accel === 'kvm' ? 'host' : 'max'],
    ...['-m', String(guest.memoryMiB), '-smp', String(guest.cpus)],
    ...['-nodefaults', '-display', 'none', '-no-reboot'],
    ...['-chardev', 'stdio,id=console,signal=off', ...consoleDevice],
    ...['-device', `virtio-rng-${bus}`],
    ...rootDevice(guest.root, bus, guest.memoryMiB),
    ...['-device', `virtio-serial-${bus}`],
    ...['-chardev', `socket,id=result,path=${value(guest.result)}`],
    ...['-device', 'virtserialport,chardev=result,name=scanward.result'],
    ...['-kernel', guest.vmlinuz, '-initrd', guest.initramfs, '-append', kernelCommandLine(guest)],
  ];
}
