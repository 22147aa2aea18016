import { readdirSync, readFileSync } from 'node:fs';

/** Kernel's USER_HZ: the unit of /proc/<pid>/stat on every architecture. */
const TICKS_A_SECOND = 100;
const UTIME_FIELD = 11;

/** Seconds of processor that a process has used, all its threads. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name is in brackets and may hold spaces; the fields after it are plain.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME_FIELD]) + Number(fields[UTIME_FIELD + 1])) / TICKS_A_SECOND;
}

/** Resident memory in MiB, without what it shares with the kernel's ring buffers by mmap. */
export function residentMiB(pid: number): { total: number; anonymous: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? NaN);
  return { total: kib('VmRSS') / 1_024, anonymous: kib('RssAnon') / 1_024 };
}

/** The kernel's numbers of the programs that a process holds. */
export function programsOf(pid: number): number[] {
  const ids = readdirSync(`/proc/${pid}/fdinfo`).flatMap((fd) => {
    try {
      return /^prog_id:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1] ?? [];
    } catch {
      return [];
    }
  });
  return [...new Set(ids.map(Number))];
}
