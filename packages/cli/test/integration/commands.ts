import {
  command,
  createPair,
  frameTo,
  type Host,
  mountBpffs,
  Scanward,
  scanwardBin,
  send,
  syn,
} from '@scanward/testkit';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type DaemonState = 'running' | 'dead';

/** What one command printed. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

/** An entry of the state file. */
export interface StateLine {
  readonly kind: string;
  readonly prefix: string;
}

/** A host with a daemon, running or killed, and the commands on its pins. */
export interface Guarded extends AsyncDisposable {
  readonly victim: Host;
  readonly attacker: Host;
  /** The folder of instances. */
  readonly bpffs: string;
  readonly statePath: string;
  readonly daemon: Scanward;
  /** `scanward <line>` in the victim's namespace, on this instance. */
  run(line: string, options?: { readonly launcher?: readonly string[] }): Promise<Said>;
  /** The same, which has to go well, with `--json`: its objects. */
  objects(line: string): Promise<Record<string, unknown>[]>;
  /** Sends SYNs of a source to these ports, and returns their bytes. */
  syns(source: string, ports: readonly number[]): Promise<number>;
  /** The entries of the state file. */
  state(): StateLine[];
}

export async function guarded(state: DaemonState, args: readonly string[] = []): Promise<Guarded> {
  const undo: (() => unknown)[] = [];
  const dispose = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const own = <T extends AsyncDisposable>(thing: T): T => {
    undo.push(() => thing[Symbol.asyncDispose]());
    return thing;
  };
  try {
    const bpffs = own(await mountBpffs()).path;
    const { victim, attacker } = own(await createPair());
    const folder = mkdtempSync(join(tmpdir(), 'scanward-state-'));
    undo.push(() => {
      rmSync(folder, { recursive: true });
    });
    const statePath = join(folder, 'state.json');
    const flags = ['--bpffs', bpffs, '--state', statePath, '-t', '50ms', ...args];
    const daemon = own(await Scanward.start(victim.ns, { args: flags }));
    if (state === 'dead') await daemon.kill();
    const run = commandsOn(victim, bpffs, statePath);
    const objects: Guarded['objects'] = async (line) => objectsOf(await run(`${line} --json`));
    const syns: Guarded['syns'] = async (source, ports) => {
      const frames = ports.map((port) => frameTo(attacker, victim, syn(port, 1_024 + port), { source }));
      await send(attacker.ns, frames);
      return frames.reduce((bytes, { length }) => bytes + length, 0);
    };
    const entries = () => (JSON.parse(readFileSync(statePath, 'utf8')) as { entries: StateLine[] }).entries;
    const place = { victim, attacker, bpffs, statePath, daemon };
    return { ...place, run, objects, syns, state: entries, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function commandsOn({ ns }: Host, bpffs: string, statePath: string): Guarded['run'] {
  return (line, { launcher = [] } = {}) => {
    const keepsState = /^(?:block|unblock|allow add|allow remove) /.test(line) && !line.includes('--no-state');
    const state = keepsState ? ['--state', statePath] : [];
    const words = [...launcher, process.execPath, scanwardBin, ...line.split(' '), '--bpffs', bpffs, ...state];
    return command('ip', ['netns', 'exec', ns.name, ...words], { tolerant: true, timeoutMs: 60_000 });
  };
}

function objectsOf({ stdout, stderr, exitCode }: Said): Record<string, unknown>[] {
  if (exitCode !== 0) throw new Error(`exit code ${String(exitCode)}: ${stderr}`);
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map((text) => JSON.parse(text) as Record<string, unknown>);
}
