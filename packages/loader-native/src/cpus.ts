import { nativeSys } from './sys/native-sys.ts';
import type { Sys } from './sys/sys.ts';

const PATH = '/sys/devices/system/cpu/possible';

/** Counts a list such as `0-3,8`. @throws RangeError when it is not one */
export function countCpus(list: string): number {
  let count = 0;
  for (const part of list.trim().split(',')) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part);
    const first = Number(range?.[1]);
    const last = Number(range?.[2] ?? range?.[1]);
    if (!range || last < first) throw new RangeError(`not a list of processors: ${list.trim()}`);
    count += last - first + 1;
  }
  return count;
}

/** Processors that this machine may ever have: a per-CPU value has one part for each, online or not. */
export function possibleCpus(sys: Sys = nativeSys): number {
  const list = sys.readText(PATH);
  if (list === undefined) throw new Error(`${PATH} cannot be read: is /sys mounted?`);
  return countCpus(list);
}
