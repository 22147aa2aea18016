import { lstatSync } from 'node:fs';
import { systemClock } from '../system/clock.ts';
import { fileLines } from '../system/file-lines.ts';
import { doubtsAbout } from '../system/ours.ts';
import type { HistorySystem } from './scans.ts';

/** The machine that this process runs on. */
export const nativeHistory: HistorySystem = {
  clock: systemClock,
  read: (path) => {
    if (!lstatSync(path, { throwIfNoEntry: false })) return undefined;
    return fileLines(path, (stats) => {
      const doubt = doubtsAbout(stats);
      if (doubt !== undefined) throw new Error(doubt);
    });
  },
};
