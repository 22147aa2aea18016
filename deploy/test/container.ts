import { Lines, spawn, type Child, type Namespace } from '@scanward/testkit';
import { readFileSync } from 'node:fs';
import { IMAGE, podman, verb } from './engine.ts';

/** The command inside the image. */
const SCANWARD = ['/usr/bin/node', '/usr/lib/scanward/bin/scanward.js'];

let started = 0;

export interface ContainerOptions {
  /** More words of `scanward run`. */
  readonly args?: readonly string[];
  /** A BPF file system, in whose folder `scanward` the container pins. */
  readonly pins?: string;
  /** Of an earlier container, whose state it takes over; default: one of its own. */
  readonly name?: string;
}

/** The image as `make podman-run` starts it, in a namespace. Disposing removes it with its volume. */
export class Container implements AsyncDisposable {
  readonly name: string;
  readonly stdout: Lines;
  readonly stderr: Lines;
  readonly #child: Child;

  private constructor(name: string, child: Child) {
    this.name = name;
    this.#child = child;
    this.stdout = new Lines(child.stdout);
    this.stderr = new Lines(child.stderr);
  }

  /** Starts it, and waits until it sees packets. */
  static async start(ns: Namespace, options: ContainerOptions = {}): Promise<Container> {
    const container = Container.spawn(ns, options);
    try {
      await container.stderr.wait(/attached to eth0 \((native|generic)\)/, 30_000);
    } catch (error) {
      await container[Symbol.asyncDispose]();
      throw error;
    }
    return container;
  }

  /** Starts it without waiting: for what must fail. */
  static spawn(
    ns: Namespace,
    { args = [], pins, name = `scanward-test-${process.pid}-${++started}` }: ContainerOptions,
  ) {
    const settings = {
      CONTAINER: name,
      NETWORK: `ns:/run/netns/${ns.name}`,
      ARGS: ['-i', 'eth0', '-t', '100ms', ...args].join(' '),
      IMAGE,
      PINS: pins ?? '',
    };
    return new Container(name, spawn(...verb('podman-run', settings)));
  }

  /** Runs a command of Scanward inside. */
  run(...words: readonly string[]): Promise<string> {
    return podman(['exec', this.name, ...SCANWARD, ...words]).then(({ stdout }) => stdout);
  }

  /** What podman says of it, by a Go template. */
  async inspect(template: string): Promise<string> {
    return (await podman(['inspect', '--format', template, this.name])).stdout;
  }

  /** The status of its process, as the machine's `/proc` has it. */
  async status(): Promise<string> {
    return readFileSync(`/proc/${await this.inspect('{{.State.Pid}}')}/status`, 'utf8');
  }

  /** The exit code of `podman run`, once it has ended: make's own is 2 whatever that was. */
  async exitCode(): Promise<number | undefined> {
    const { exitCode } = await this.#child;
    const told = /^make: \*\*\* .* Error (\d+)$/m.exec(this.stderr.texts.join('\n'))?.[1];
    return told === undefined ? exitCode : Number(told);
  }

  /** Where the machine has its volume. */
  async state(): Promise<string> {
    return (await podman(['volume', 'inspect', '--format', '{{.Mountpoint}}', `${this.name}-state`])).stdout.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await podman(['rm', '--force', '--time', '5', this.name], { tolerant: true });
    await this.#child;
    await podman(['volume', 'rm', '--force', `${this.name}-state`], { tolerant: true });
  }
}
