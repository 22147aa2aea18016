import { chooseAccel } from './accel.ts';
import { boot } from './boot.ts';
import { logFile } from './checkout.ts';
import { makeInitramfs } from './initramfs.ts';
import type { Watching } from './lists.ts';
import { logged } from './logged.ts';
import type { Accel } from './machine.ts';
import { prepareKernels, type Prepared } from './prepare.ts';
import type { Arch, Cell, Driver, KernelEntry, Outcome, Resolved, Watch } from './types.ts';
import { modulesOf, type KernelFiles } from './unpack.ts';
import { hostUserland, type Userland } from './userland.ts';

export interface QemuOptions {
  /** Where a cell's log goes; default kernel-matrix/logs/NAME.log. */
  readonly log?: typeof logFile;
  /** Milliseconds of a boot, unless the cell says; default 25 min. */
  readonly limitMs?: number;
  /** Milliseconds without a word of the guest until it is taken for hung; default 5 min. */
  readonly silenceMs?: number;
  /** The guest side; default kernel-matrix/guest/run.sh. */
  readonly runScript?: string;
  /** Makes the userland of a guest that cannot have the host's. */
  readonly userlands?: Partial<Record<Arch, (watch: Watching) => Promise<Userland>>>;
}

interface Ready {
  readonly files: KernelFiles;
  readonly initramfs: string;
  readonly userland: Userland;
  readonly accel: Accel;
}

/** Loaded when there is such a guest: what it asks of the machine, the others need not. */
const ownUserlands: NonNullable<QemuOptions['userlands']> = {
  s390x: async (watch) => (await import('./s390x/userland.ts')).s390xUserland(watch),
};

/** Room for the tests, and for what they write: that is kept in memory. */
const memoryMiB = 3072;

/** Boots Debian's kernels in QEMU, each with the host's root shared read-only, or with a userland of its own. */
export class QemuDriver implements Driver {
  readonly #options: QemuOptions;
  readonly #ready = new Map<KernelEntry, Ready>();

  constructor(options: QemuOptions = {}) {
    this.#options = options;
  }

  async prepare(cells: readonly Cell[], watch: Watching): Promise<readonly Resolved[]> {
    const kernels = [...new Set(cells.map(({ kernel }) => kernel))];
    const resolved: Resolved[] = [];
    for (const each of await prepareKernels(kernels, watch)) resolved.push(await this.#make(each, watch));
    return resolved;
  }

  /** All that a boot of the kernel needs. What cannot be made is missing, and takes no other kernel with it. */
  async #make(prepared: Prepared, watch: Watching): Promise<Resolved> {
    const { files, kernel } = prepared;
    if (files === undefined) return prepared;
    try {
      const userland = await this.#userland(kernel.arch, watch);
      const { busybox, modules } = userland;
      const initramfs = await makeInitramfs({ kernel: files, busybox, modules });
      const accel = kernel.arch === 'x86-64' ? await chooseAccel({ ...files, initramfs }, watch) : 'tcg';
      this.#ready.set(kernel, { files, userland, initramfs, accel });
      return { ...prepared, accel };
    } catch (error) {
      watch.signal.throwIfAborted();
      return { ...prepared, missing: (error as Error).message };
    }
  }

  readonly #userlands = new Map<Arch, Promise<Userland>>();
  async #userland(arch: Arch, watch: Watching): Promise<Userland> {
    const make = this.#options.userlands?.[arch] ?? ownUserlands[arch];
    if (make === undefined && arch !== 'x86-64') throw new Error(`there is no userland for ${arch}`);
    const made = this.#userlands.get(arch) ?? make?.(watch) ?? Promise.resolve(hostUserland);
    this.#userlands.set(arch, made);
    return made;
  }

  async run(cell: Cell, _resolved: Resolved, watch: Watch): Promise<Outcome> {
    const ready = this.#ready.get(cell.kernel);
    if (ready === undefined) return { death: 'driver', tail: [`${cell.kernel.series} was not prepared`] };
    const { userland, files, accel, initramfs } = ready;
    const { log: place = logFile, limitMs = cell.limitMs ?? 25 * 60_000, silenceMs = 5 * 60_000 } = this.#options;
    return logged(place(cell), watch, (sinks) =>
      boot({
        guest: {
          arch: cell.kernel.arch,
          accel,
          cpus: cell.cpus,
          memoryMiB,
          vmlinuz: files.vmlinuz,
          initramfs,
          parameters: {
            init: userland.init,
            path: userland.path,
            run: this.#options.runScript ?? userland.runScript,
            modules: userland.sharesHost ? modulesOf(files) : undefined,
            tests: cell.tests,
            canary: cell.canary,
            pace: accel === 'kvm' ? 'brief' : 'emulated',
          },
        },
        root: userland.root,
        limitMs,
        silenceMs,
        signal: watch.signal,
        ...sinks,
      }),
    );
  }
}
