import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { logFile } from './checkout.ts';
import { logged } from './logged.ts';
import type { Accel } from './machine.ts';
import type { Cell, Driver, KernelEntry, Outcome, Resolved, Watch } from './types.ts';
import { makeBox } from './vagrant/box.ts';
import { runCell } from './vagrant/cell.ts';
import { vagrantFolder } from './vagrant/names.ts';
import { prepareMachines } from './vagrant/prepare.ts';

export interface VagrantOptions {
  /** Where a cell's log goes; default kernel-matrix/logs/NAME.log. */
  readonly log?: typeof logFile;
  /** Milliseconds of the guest side, unless the cell says; default 15 min. */
  readonly limitMs?: number;
  /** Milliseconds without a word until the guest is taken for hung; default 5 min. */
  readonly silenceMs?: number;
}

/** Runs the guest side in machines of the Vagrantfile, each with a libvirt of its own. Needs root. */
export class VagrantDriver implements Driver {
  readonly #options: VagrantOptions;
  readonly #accels = new Map<KernelEntry, Accel>();

  constructor(options: VagrantOptions = {}) {
    this.#options = options;
  }

  async prepare(cells: readonly Cell[], watch: Omit<Watch, 'event'>): Promise<readonly Resolved[]> {
    if (process.getuid?.() !== 0) throw new Error('the Vagrant driver starts a libvirt of its own, which needs root');
    const box = await makeBox(watch);
    const VAGRANT_HOME = join(vagrantFolder(), 'home');
    await mkdir(VAGRANT_HOME, { recursive: true });
    const add = ['box', 'add', '--force', '--name', basename(box, '.box'), '--provider', 'libvirt', box];
    await execa('vagrant', add, { env: { VAGRANT_HOME, VAGRANT_CHECKPOINT_DISABLE: '1' }, cancelSignal: watch.signal });
    const machines = await prepareMachines([...new Set(cells.map(({ kernel }) => kernel))], watch);
    for (const { resolved, accel } of machines) if (accel !== undefined) this.#accels.set(resolved.kernel, accel);
    return machines.map(({ resolved }) => resolved);
  }

  async run(cell: Cell, _resolved: Resolved, watch: Watch): Promise<Outcome> {
    const accel = this.#accels.get(cell.kernel);
    if (accel === undefined) return { death: 'driver', tail: [`${cell.kernel.series} was not prepared`] };
    const { log: place = logFile, limitMs = 15 * 60_000, silenceMs = 5 * 60_000 } = this.#options;
    return logged(place(cell), watch, (sinks) =>
      runCell({
        cell,
        accel,
        limitMs: cell.limitMs ?? limitMs,
        silenceMs,
        signal: watch.signal,
        progress: (line) => watch.progress(line),
        log: (chunk) => sinks.console(chunk),
        result: (chunk) => sinks.result(chunk),
      }),
    );
  }
}
