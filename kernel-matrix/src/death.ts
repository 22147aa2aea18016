import { stripVTControlCharacters } from 'node:util';
import type { Outcome } from './types.ts';

/** How the emulator came to its end. */
export type End =
  | { readonly how: 'ended' }
  /** The time limit of a boot, or of a guest that says nothing. */
  | { readonly how: 'limit'; readonly why: string }
  /** QEMU or what it needs failed, or the user interrupted. */
  | { readonly how: 'failed'; readonly why: string };

/** The kernel's own lines, not those of a test that speaks of panics: they have a time, and a thread where it is shown. */
const kernel = String.raw`^.*\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? `;
const panic = new RegExp(`${kernel}Kernel panic`);
const cause = new RegExp(`${kernel}(BUG:|Oops|Kernel panic)`);

const plain = (log: string): string[] =>
  stripVTControlCharacters(log)
    .split('\n')
    .map((line) => line.replaceAll('\r', '').trimEnd())
    .filter((line) => line !== '');

/** The last lines of a log as a person would read them. */
export const tailOf = (log: string, lines = 20): string[] => plain(log).slice(-lines);

/** The cause of death, from the end of the emulator, the guest's console, and whether it said that it is through. */
export function classify(end: End, log: string, through: boolean): Outcome {
  const lines = plain(log);
  const tail = tailOf(log);
  if (lines.some((line) => panic.test(line))) {
    // What the kernel says first is the cause, and a long way up.
    const causes = lines.slice(0, -tail.length).filter((line) => cause.test(line));
    return { death: 'panic', tail: [...causes.slice(0, 3), ...tail] };
  }
  if (end.how === 'failed') return { death: 'driver', tail: [...tail, ...end.why.split('\n')] };
  if (end.how === 'limit') return { death: 'timeout', tail: [...tail, end.why] };
  if (!through) return { death: 'no result', tail: [...tail, 'the guest ended without telling that it was through'] };
  return { death: 'done', tail: [] };
}
