import { setImmediate as turn } from 'node:timers/promises';
import type { ListedPrefixes } from '@scanward/daemon';
import { BadValue } from '../flags/bad-value.ts';
import { parseListLine } from './list-line.ts';

/** Lines between two turns of others. */
const SLICE = 4_096;
/** Bad lines that are told one by one. */
const TOLD_MAX = 5;

/** What was read of a list. */
export interface ListReading {
  readonly lines: number;
  /** Those that say something. */
  readonly entries: number;
  /** How many could not be taken. */
  readonly bad: number;
  /** `17: '10.1.2.3/8' has bits set after its length: …`, the first few. */
  readonly told: readonly string[];
}

/**
 * Adds what the lines of a list say. A bad line is told by its number, and the rest is taken all the same.
 *
 * @param progress called now and then with the count of lines
 */
export async function readList(
  lines: Iterable<string>,
  into: ListedPrefixes,
  progress: (lines: number) => void,
): Promise<ListReading> {
  const told: string[] = [];
  let [number, entries, bad] = [0, 0, 0];
  for (const line of lines) {
    number++;
    try {
      const prefix = parseListLine(line);
      if (prefix) {
        into.add(prefix);
        entries++;
      }
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      if (bad++ < TOLD_MAX) told.push(`${number}: ${printable(error.message)}`);
    }
    if (number % SLICE > 0) continue;
    progress(number);
    await turn();
  }
  return { lines: number, entries, bad, told };
}

const LINE_SHOWN = 200;

/** A file may hold anything; what goes to a terminal of it is text of one line. */
const printable = (text: string): string => text.slice(0, LINE_SHOWN).replace(/[^\x20-\x7e]/g, '?');
