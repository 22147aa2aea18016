import { command, spawn, type Child, type CommandOptions, type CommandResult, type SpawnOptions } from './command.ts';

/** One network namespace of a lab: a host of its own. */
export class Namespace {
  /** `scw-<pid>-<lab>-<host>`. */
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** Makes the namespace, with `lo` up. */
  static async create(name: string): Promise<Namespace> {
    await command('ip', ['netns', 'add', name]);
    const made = new Namespace(name);
    await made.ip('link', 'set', 'lo', 'up');
    return made;
  }

  /** A namespace that is there already. */
  static of(name: string): Namespace {
    return new Namespace(name);
  }

  /** Runs a command inside, to its end. `ip netns exec` becomes the command: signals reach it. */
  run(file: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    return command('ip', ['netns', 'exec', this.name, file, ...args], options);
  }

  /** Starts a command inside. */
  spawn(file: string, args: readonly string[], options?: SpawnOptions): Child {
    return spawn('ip', ['netns', 'exec', this.name, file, ...args], options);
  }

  /** `ip -n <name> <args>`. */
  async ip(...args: string[]): Promise<string> {
    return (await command('ip', ['-n', this.name, ...args])).stdout;
  }

  /** Several `ip -n <name>` commands in one process. */
  async ipBatch(lines: readonly string[]): Promise<void> {
    await ipBatch(lines, ['-n', this.name]);
  }

  /** Sets sysctls that the kernel has; a name that it lacks is an error. */
  async sysctl(settings: Readonly<Record<string, number>>): Promise<void> {
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    await this.run('sysctl', ['-q', '-w', ...lines]);
  }

  /** Removes it, and kills whatever still runs inside. */
  async remove(): Promise<void> {
    await removeNamespace(this.name);
  }
}

/** Several commands of `ip` in one process: to start one takes longer than what it does. Stops at the first that fails. */
export async function ipBatch(lines: readonly string[], options: readonly string[] = []): Promise<void> {
  await command('ip', [...options, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

/** Removes a namespace by name, and kills whatever still runs inside. */
export async function removeNamespace(name: string): Promise<void> {
  const { stdout } = await command('ip', ['netns', 'pids', name], { tolerant: true });
  for (const pid of stdout.split('\n').filter(Boolean).map(Number)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  await command('ip', ['netns', 'del', name], { tolerant: true });
}
