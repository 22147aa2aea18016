import { join } from 'node:path';
import { execa } from 'execa';
import { inCheckout } from '../checkout.ts';
import type { Accel } from '../machine.ts';
import type { Cell } from '../types.ts';
import { Libvirt } from './libvirt.ts';
import { machineName, vagrantFolder } from './names.ts';

/** What Vagrant and the Vagrantfile need to know of a cell. The user's own ~/.vagrant.d and .vagrant are left alone. */
export function environment(cell: Cell, accel: Accel, folder: string): Record<string, string> {
  return {
    VAGRANT_CWD: inCheckout(''),
    VAGRANT_HOME: join(vagrantFolder(), 'home'),
    VAGRANT_DOTFILE_PATH: join(folder, 'dot'),
    VAGRANT_CHECKPOINT_DISABLE: '1',
    MATRIX_ACCEL: accel,
    MATRIX_CPUS: String(cell.cpus),
    MATRIX_CONSOLE: join(folder, 'console'),
    ...(cell.canary === undefined ? {} : { MATRIX_CANARY: cell.canary }),
  };
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The command that runs the guest side in the machine. */
export function guestCommand({ tests, canary }: Pick<Cell, 'tests' | 'canary'>, accel: Accel): string {
  const words = { MATRIX_TESTS: tests, MATRIX_CANARY: canary, MATRIX_PACE: accel === 'kvm' ? 'native' : 'emulated' };
  const given = Object.entries(words).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${quote(value)}`,
  );
  return `sudo env ${given.join(' ')} bash /scanward/kernel-matrix/vagrant/guest.sh`;
}

interface MachineOptions {
  readonly cell: Cell;
  readonly accel: Accel;
  /** For what the machine needs while it is there. */
  readonly folder: string;
  readonly libvirt: Libvirt;
  /** What Vagrant says, and what the guest side says besides its events. */
  readonly log: (chunk: Uint8Array) => void;
}

/** One machine of the Vagrantfile. Each call ends when the signal is aborted, with what it started. */
export class Machine {
  readonly #options: MachineOptions;
  readonly #name: string;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#name = machineName(options.cell.kernel.series);
  }

  /** Rejects when the machine does not come up. */
  async up(signal: AbortSignal): Promise<void> {
    await this.#vagrant(['up', this.#name, '--provider=libvirt', '--no-color'], signal);
  }

  /** Runs the guest side. How it ends is not told: its events tell. */
  async run(result: (chunk: Uint8Array) => void, signal: AbortSignal): Promise<void> {
    const command = guestCommand(this.#options.cell, this.#options.accel);
    await this.#vagrant(['ssh', this.#name, '--no-tty', '--command', command], signal, result).catch(() => undefined);
  }

  /** Rejects when something of the machine is left. */
  async destroy(signal: AbortSignal): Promise<void> {
    await this.#vagrant(['destroy', '--force', this.#name, '--no-color'], signal);
    const left = await this.#options.libvirt.machines();
    if (left.length > 0) throw new Error(`vagrant destroy left ${left.join(', ')}`);
  }

  async #vagrant(args: string[], signal: AbortSignal, result = this.#options.log): Promise<void> {
    signal.throwIfAborted();
    const { cell, accel, folder, libvirt, log } = this.#options;
    // In a process group, so that Vagrant's ssh ends too.
    const child = execa(...libvirt.inside('vagrant', args), {
      env: environment(cell, accel, folder),
      stdin: 'ignore',
      buffer: false,
      reject: false,
      detached: true,
    });
    child.stdout.on('data', result);
    child.stderr.on('data', log);
    const end = () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    signal.addEventListener('abort', end);
    const { exitCode, shortMessage } = await child;
    signal.removeEventListener('abort', end);
    signal.throwIfAborted();
    if (exitCode !== 0) throw new Error(`vagrant ${args[0]} failed: ${shortMessage ?? ''}`);
  }
}
