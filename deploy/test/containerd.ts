import { command, Lines, spawn, type Child, type CommandResult } from '@scanward/testkit';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What containerd gives a container unless it is told otherwise. */
const DEFAULT_CAPABILITIES = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'NET_RAW'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

/** The same rights as the Makefile's, in the words of `ctr run`, which has no `--cap-drop ALL`. */
export const RIGHTS: readonly string[] = [
  '--read-only',
  ...DEFAULT_CAPABILITIES.flatMap((name) => ['--cap-drop', `CAP_${name}`]),
  ...['BPF', 'NET_ADMIN', 'PERFMON'].flatMap((name) => ['--cap-add', `CAP_${name}`]),
];

/** A containerd of the test's own, in a temporary folder, but for what its shims have in `/run/containerd`. Disposing ends it. */
export class Containerd implements AsyncDisposable {
  readonly folder: string;
  readonly #daemon: Child;

  private constructor(folder: string, daemon: Child) {
    this.folder = folder;
    this.#daemon = daemon;
  }

  static async start(): Promise<Containerd> {
    const folder = mkdtempSync(join(tmpdir(), 'scanward-containerd-'));
    const config = join(folder, 'config.toml');
    const lines = [
      'version = 2',
      `root = "${folder}/root"`,
      `state = "${folder}/state"`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
      `grpc = { address = "${folder}/socket" }`,
      `ttrpc = { address = "${folder}/ttrpc" }`,
      `plugins = { "io.containerd.internal.v1.opt" = { path = "${folder}/opt" } }`,
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const containerd = new Containerd(folder, spawn('containerd', ['--config', config]));
    try {
      await new Lines(containerd.#daemon.stderr).wait(/containerd successfully booted/, 20_000);
      return containerd;
    } catch (error) {
      await containerd[Symbol.asyncDispose]();
      throw error;
    }
  }

  #words(args: readonly string[]): string[] {
    return ['--address', join(this.folder, 'socket'), ...args];
  }

  ctr(...args: readonly string[]): Promise<CommandResult> {
    return command('ctr', this.#words(args));
  }

  spawn(...args: readonly string[]): Child {
    return spawn('ctr', this.#words(args));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#daemon.kill('SIGTERM');
    await this.#daemon;
    rmSync(this.folder, { recursive: true });
  }
}
