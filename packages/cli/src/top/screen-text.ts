import { type Line, placesOfLine, textOf } from './line.ts';
import { painted, type Paint } from './paint.ts';
import { isExact } from './places.ts';
import type { Size } from './view.ts';

const CSI = '\u001b[';

/** The other screen, without cursor; lines that are too long are cut by the terminal. */
export const ENTER = `${CSI}?1049h${CSI}?25l${CSI}?7l${CSI}2J`;
/** All of that back, and no colour. */
export const LEAVE = `${CSI}0m${CSI}?7h${CSI}?25h${CSI}?1049l`;

/**
 * One picture in one piece, over the one before: each line is cleared behind its end only, so that nothing flickers. A
 * full line is not, since the cursor still stands on its last place; one that may be shorter than it is taken for is before.
 */
export function screenText(lines: readonly Line[], { columns, rows }: Size, paint: Paint): string {
  const texts = lines.slice(0, rows).map((line, i) => {
    const isFull = placesOfLine(line) >= columns;
    const before = isFull && !isExact(textOf(line)) ? `${CSI}2K` : '';
    return `${CSI}${i + 1};1H${before}${painted(line, paint)}${isFull ? '' : `${CSI}K`}`;
  });
  const below = lines.length < rows ? `${CSI}${lines.length + 1};1H${CSI}J` : '';
  return texts.join('') + below;
}
