import type { Child } from './command.ts';
import { repositoryFile } from './files.ts';
import { Lines } from './lines.ts';
import type { Namespace } from './namespace.ts';
import { patience } from './pace.ts';

/** The command that every user runs. */
export const scanwardBin = repositoryFile('packages/cli/bin/scanward.js');

export interface ScanwardOptions {
  /** More flags of `scanward run`; `-i eth0` is given unless there is one, and `--no-pin`, `--no-state`, `--no-events` unless something is said of them. */
  readonly args?: readonly string[];
  /** No `-i`: it finds the interface of the default route. */
  readonly byDefaultRoute?: boolean;
  /** No `--no-events`: events are told at the instance's usual socket, which the whole machine sees. */
  readonly usualSocket?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may live; default 120,000. */
  readonly timeoutMs?: number;
}

export interface Ended {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/** A real daemon in a namespace, with its output. Disposing kills it if it still runs. */
export class Scanward implements AsyncDisposable {
  readonly stdout: Lines;
  readonly stderr: Lines;
  readonly #child: Child;
  readonly #ended: Promise<Ended>;

  private constructor(child: Child) {
    this.#child = child;
    this.stdout = new Lines(child.stdout);
    this.stderr = new Lines(child.stderr);
    this.#ended = child.then(({ exitCode, signal }) => ({ exitCode, signal }));
  }

  /** Starts it without waiting: for what must fail, or be killed early. */
  static spawn(ns: Namespace, options: ScanwardOptions = {}): Scanward {
    const { args = [], byDefaultRoute = false, usualSocket = false, env, timeoutMs } = options;
    const object = process.env['SCANWARD_TEST_OBJECT'];
    const planted = object === undefined ? [] : ['--object', object];
    const says = (...flags: string[]) => flags.some((flag) => args.includes(flag));
    const unpinned = says('--bpffs', '--name', '--no-pin') ? [] : ['--no-pin'];
    // Never the machine's own state file.
    const stateless = says('--state', '--no-state') ? [] : ['--no-state'];
    const socketless = usualSocket || says('--events', '--no-events') ? [] : ['--no-events'];
    const interfaces = byDefaultRoute || says('-i', '--interface') ? [] : ['-i', 'eth0'];
    return new Scanward(
      ns.spawn(
        process.execPath,
        [scanwardBin, 'run', ...planted, ...unpinned, ...stateless, ...socketless, ...interfaces, ...args],
        {
          ...(env ? { env } : {}),
          ...(timeoutMs ? { timeoutMs } : {}),
        },
      ),
    );
  }

  /** Starts it and waits until it sees packets. */
  static async start(ns: Namespace, options: ScanwardOptions = {}): Promise<Scanward> {
    const scanward = Scanward.spawn(ns, options);
    try {
      await scanward.stderr.wait(/attached to \S+ \((native|generic)\)/, 20_000);
    } catch (error) {
      await scanward.kill();
      throw error;
    }
    return scanward;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Sends a signal without waiting. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end; kills it after so many milliseconds (more when emulated) and rejects. */
  async ended(shortest = 15_000): Promise<Ended> {
    const timeoutMs = patience(shortest);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), timeoutMs)));
    const first = await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    if (first !== 'late') return first;
    await this.kill();
    throw new Error(`scanward did not end within ${timeoutMs} ms; stderr:\n${this.stderr.texts.slice(-20).join('\n')}`);
  }

  /** Asks it to end and waits. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.signal(signal);
    return this.ended();
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
