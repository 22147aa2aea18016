import { command } from './command.ts';
import { repositoryFile } from './files.ts';

/** What the machine holds now that a run could leave behind, as text; compare with {@link leaksSince}. */
export async function leakSnapshot(): Promise<string> {
  return (await command(process.execPath, [repositoryFile('tools/leaks.mjs'), 'snapshot'])).stdout;
}

/**
 * What is there now and was not in the snapshot: interfaces, namespaces, BPF programs, maps, links, pins; one line
 * each. The kernel frees some of them a little later, so up to five seconds are waited.
 */
export async function leaksSince(snapshot: string): Promise<string[]> {
  const args = [repositoryFile('tools/leaks.mjs'), 'compare', '-'];
  const { stdout } = await command(process.execPath, args, { input: snapshot, tolerant: true });
  return stdout.split('\n').filter((thing) => thing !== '' && !isOthers(thing));
}

/** What another living process holds, or a namespace of another's, is not ours: several runs may share a machine. */
function isOthers(thing: string): boolean {
  if (thing.startsWith('namespace ')) return !thing.startsWith(`namespace scw-${process.pid}-`);
  const pids = /\(held by ([\d,]+)\)$/.exec(thing)?.[1]?.split(',') ?? [];
  return pids.length > 0 && !pids.includes(String(process.pid));
}
