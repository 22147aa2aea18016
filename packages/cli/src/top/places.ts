import { printable } from '../commands/note-text.ts';

/** What the view itself draws with; each takes one place. */
const DRAWN = new Set('▁▂▃▄▅▆▇█━╸·…▲▼');

/** Places that a text takes on a terminal's line, at most: what is neither ASCII nor drawn by the view may take two. */
export function placesOf(text: string): number {
  let places = 0;
  for (const character of text) places += placesOfOne(character);
  return places;
}

/** Whether it takes exactly that many, whatever the terminal. */
export const isExact = (text: string): boolean => placesOf(text) === text.length;

const placesOfOne = (character: string): number => (character <= '~' || DRAWN.has(character) ? 1 : 2);

/** The longest beginning of a text that fits, without what cannot be printed. */
export function cut(text: string, width: number): string {
  let fits = '';
  let left = width;
  for (const character of printable(text)) {
    left -= placesOfOne(character);
    if (left < 0) break;
    fits += character;
  }
  return fits;
}

/** A text in exactly so many places: filled up with spaces, or cut, which `…` shows. */
export function cell(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const clean = printable(text);
  const fits = placesOf(clean) <= width ? clean : width > 0 ? `${cut(clean, width - 1)}…` : '';
  const space = ' '.repeat(Math.max(0, width - placesOf(fits)));
  return align === 'right' ? space + fits : fits + space;
}
