import { parseAddress } from '../flags/prefix.ts';
import type { ReadText } from '../system/proc.ts';

/** Parents asked at most: enough for shell, sudo, make, npm and nx in a row, and an end if /proc lies. */
const PARENTS_MAX = 64;

/**
 * The hosts at the other ends of the SSH sessions that this process was started in: sshd leaves its peer in the
 * environment of the login shell. `sudo` clears the environment, so the parents' are read too. All that are found count,
 * because the nearest may be of a session that is over: tmux keeps the environment it was born with.
 */
export function findSshPeers(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
  readText: ReadText,
): Uint8Array[] {
  const peers = [peerOf(environment['SSH_CONNECTION'] ?? environment['SSH_CLIENT'])];
  let parent = parentOf(pid, readText);
  for (let i = 0; i < PARENTS_MAX && parent > 0; i++) {
    peers.push(peerInEnviron(readText(`/proc/${parent}/environ`) ?? ''));
    parent = parentOf(parent, readText);
  }
  const found = peers.filter((peer) => peer !== undefined);
  return [...new Map(found.map((peer) => [peer.join(), peer])).values()];
}

function peerInEnviron(environ: string): Uint8Array | undefined {
  const variables = environ.split('\0');
  const value = (name: string) => variables.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1);
  return peerOf(value('SSH_CONNECTION') ?? value('SSH_CLIENT'));
}

/** `SSH_CONNECTION` is "peer port own port", `SSH_CLIENT` "peer port port": the peer stands first in both. */
function peerOf(value: string | undefined): Uint8Array | undefined {
  return parseAddress((value ?? '').split(' ')[0]!.replace(/%.*$/, ''));
}

/** 0 if there is none. The command's name in `stat` may hold anything, also parentheses: the last one counts. */
function parentOf(pid: number, readText: ReadText): number {
  const stat = readText(`/proc/${pid}/stat`) ?? '';
  return Number(/^ \S (\d+) /.exec(stat.slice(stat.lastIndexOf(')') + 1))?.[1] ?? 0);
}
