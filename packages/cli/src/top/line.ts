import { printable } from '../commands/note-text.ts';
import { cut, placesOf } from './places.ts';

/** How a piece of text stands out. */
export type Tone = 'plain' | 'heading' | 'focus' | 'good' | 'warning' | 'bad' | 'faint' | 'selected';

/** A piece of one tone. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of the view. */
export type Line = readonly Span[];

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone });

/** The beginning of a line that fits into so many places. */
export function clip(line: Line, width: number): Line {
  const clipped: Span[] = [];
  let left = width;
  for (const { text, tone } of line) {
    const clean = printable(text);
    const fits = cut(clean, left);
    if (fits !== '') clipped.push({ text: fits, tone });
    left -= placesOf(fits);
    if (fits.length < clean.length) break;
  }
  return clipped;
}

export const placesOfLine = (line: Line): number => line.reduce((places, { text }) => places + placesOf(text), 0);

export const textOf = (line: Line): string => line.map(({ text }) => text).join('');

/** Two parts of one line, the second at its right end; where there is no room for both it is cut. */
export function spread(left: Line, right: Line, width: number): Line {
  const space = Math.max(1, width - placesOfLine(left) - placesOfLine(right));
  return clip([...left, span(' '.repeat(space)), ...right], width);
}
