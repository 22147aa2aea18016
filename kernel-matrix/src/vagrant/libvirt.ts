import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { inCheckout } from '../checkout.ts';

const script = inCheckout('kernel-matrix/vagrant/libvirt.sh');

/** A command as it is entered into the namespaces of a process. */
export const entered = (pid: number, command: string, args: readonly string[]): [string, string[]] => [
  'nsenter',
  [`--target=${pid}`, '--mount', '--net', '--pid', '--', command, ...args],
];

function startDaemons(folder: string) {
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  // In a session of its own: a Ctrl-C ends Vagrant first, and the daemons when it is done with them.
  return execa('unshare', [...namespaces, script, folder], {
    detached: true,
    stdin: 'pipe',
    reject: false,
    buffer: { stdout: false },
  });
}

/**
 * libvirt in namespaces of its own (see libvirt.sh). All that it starts ends with it, and it ends with this process,
 * however that ends: the end of its input is the sign.
 */
export class Libvirt {
  readonly #daemons: ReturnType<typeof startDaemons>;
  #pid = 0;

  private constructor(folder: string) {
    this.#daemons = startDaemons(folder);
  }

  static async start(folder: string): Promise<Libvirt> {
    const libvirt = new Libvirt(folder);
    try {
      await libvirt.#ready();
    } catch (error) {
      await libvirt.stop();
      throw error;
    }
    return libvirt;
  }

  async #ready(): Promise<void> {
    const daemons = this.#daemons;
    for await (const line of createInterface(daemons.stdout)) if (line === 'ready') break;
    daemons.stdout.resume();
    const children = await readFile(`/proc/${daemons.pid}/task/${daemons.pid}/children`, 'utf8').catch(() => '');
    this.#pid = Number.parseInt(children, 10);
    if (!Number.isNaN(this.#pid)) return;
    const { stderr, shortMessage } = await daemons;
    throw new Error(`libvirt does not start: ${stderr || shortMessage}`);
  }

  /** A command, as it is run beside libvirt. */
  inside(command: string, args: readonly string[]): [string, string[]] {
    return entered(this.#pid, command, args);
  }

  /** The machines, and the disks of machines, that it knows. */
  async machines(): Promise<string[]> {
    const list = async (...args: string[]) =>
      (await execa(...this.inside('virsh', ['-q', '-c', 'qemu:///system', ...args]))).stdout.split('\n');
    const disks = (await list('vol-list', 'default')).filter((line) => !line.includes('_box_image_'));
    return [...(await list('list', '--all', '--name')), ...disks].filter((line) => line.trim() !== '');
  }

  async stop(): Promise<void> {
    this.#daemons.stdin.end();
    const late = setTimeout(() => this.#daemons.kill('SIGKILL'), 5000);
    await this.#daemons;
    clearTimeout(late);
  }
}
