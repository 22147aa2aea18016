import { frameTo, Lines, scanwardBin, send, syn, type Host } from '@scanward/testkit';
import { launcher, type Rights } from './rights.ts';

/** What became of a start: exit code 0 is one that watched, blocked a scan and ended when it was asked to. */
export interface Became {
  readonly exitCode: number | undefined;
  /** The line that says why it did not start; '' when it did. */
  readonly says: string;
}

export interface Ends {
  readonly victim: Host;
  readonly attacker: Host;
}

const SCANNER = '10.77.0.66';

async function scan({ victim, attacker }: Ends, stdout: Lines): Promise<void> {
  const frames = [1, 2, 3, 4].map((port) => frameTo(attacker, victim, syn(port, 1_000 + port), { source: SCANNER }));
  await send(attacker.ns, frames);
  await stdout.wait(/Blocked 10\.77\.0\.66/);
}

const isAttached = async ({ ns }: Host): Promise<boolean> => (await ns.ip('link', 'show', 'eth0')).includes('prog/xdp');

/** Starts `scanward run` with these rights, scans its host when it watches, and has it end. */
export async function startWith(ends: Ends, rights: Rights, charged: boolean): Promise<Became> {
  const run = ['run', '-i', 'eth0', '--no-pin', '--no-state', '--no-events', '--metrics', 'off', '--no-config'];
  const [file, ...args] = [...launcher(rights, charged), process.execPath, scanwardBin, ...run];
  const child = ends.victim.ns.spawn(file!, args, { timeoutMs: 60_000 });
  const [stdout, stderr] = [new Lines(child.stdout), new Lines(child.stderr)];
  const watching = stderr.wait(/attached to eth0/, 30_000);
  try {
    if (await watching.catch(() => false)) {
      if (!(await isAttached(ends.victim))) throw new Error('it says that it is attached, and is not');
      await scan(ends, stdout);
      child.kill('SIGTERM');
    }
    const { exitCode } = await child;
    if (await isAttached(ends.victim)) throw new Error('it has ended, and is attached');
    return { exitCode, says: exitCode === 0 ? '' : (stderr.matching(/^scanward: /)[0] ?? '') };
  } finally {
    child.kill('SIGKILL');
  }
}
