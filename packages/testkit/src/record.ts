import { python, script } from './files.ts';
import { Lines } from './lines.ts';
import type { Namespace } from './namespace.ts';

/** What a recorded capture has for a link layer. */
export type RecordedLink = 'ethernet' | 'cooked' | 'raw';

/** Records what an interface receives and sends while something is done, as a pcap capture in a file. */
export async function record(
  ns: Namespace,
  path: string,
  link: RecordedLink,
  act: () => Promise<void>,
  device = 'eth0',
): Promise<void> {
  const child = ns.spawn(python, [script('record'), device, path, link], { timeoutMs: 300_000 });
  const lines = new Lines(child.stdout);
  try {
    await lines.wait(/^ready$/);
    await act();
    child.stdin.end();
    await lines.wait(/^done$/);
  } finally {
    child.kill('SIGKILL');
    await child;
  }
}
