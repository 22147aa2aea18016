import { readdirSync, readFileSync } from 'node:fs';

/** The session of a process, or undefined when it is gone or only waits to be reaped. */
function sessionOf(pid: number): number | undefined {
  try {
    // pid (command) state ppid pgrp session …; the command may contain blanks and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : Number(session);
  } catch {
    return undefined;
  }
}

/** The processes of a session. Its process groups are many, since `timeout` makes one of its own. */
export const processesOf = (session: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => sessionOf(pid) === session);

/** Sends a signal to all processes of a session, and says how many there were. */
export function signalSession(session: number, signal: NodeJS.Signals): number {
  const processes = processesOf(session);
  for (const pid of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }
  return processes.length;
}
