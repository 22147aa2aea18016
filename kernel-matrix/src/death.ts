import { stripVTControlCharacters } from 'node:util';
import type { Outcome } from './types.ts';

/** How the emulator came to its end. */
export type End =
  | { readonly how: 'ended' }
  /** The time limit of a boot, or of a guest that says nothing. */
  | { readonly how: 'limit'; readonly why: string }
  /** QEMU or what it needs failed, or the user interrupted. */
  | { readonly how: 'failed'; readonly why: string };

/** The kernel's own line, not one of a test that speaks of panics: it has a time, and its thread where that is shown. */
const panic = /^.*\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? Kernel panic.*$/m;

/** The last lines of a log as a person would read them. */
export function tailOf(log: string, lines = 20): string[] {
  const text = stripVTControlCharacters(log).replaceAll('\r', '');
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-lines);
}

/** The cause of death, from the end of the emulator, the guest's console, and whether it said that it is through. */
export function classify(end: End, log: string, through: boolean): Outcome {
  const tail = tailOf(log);
  const line = panic.exec(stripVTControlCharacters(log).replaceAll('\r', ''))?.[0];
  if (line !== undefined) return { death: 'panic', tail: tail.includes(line.trimEnd()) ? tail : [line, ...tail] };
  if (end.how === 'failed') return { death: 'driver', tail: [...tail, end.why] };
  if (end.how === 'limit') return { death: 'timeout', tail: [...tail, end.why] };
  if (!through) return { death: 'no result', tail: [...tail, 'the guest ended without telling that it was through'] };
  return { death: 'done', tail: [] };
}
