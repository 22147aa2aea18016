import { printable } from '../commands/note-text.ts';
import { wrap } from '../tables/wrap.ts';
import { clip, type Line, span } from './line.ts';
import type { Ui } from './ui.ts';

const HELP = [
  'Tab: the other table   up/down, j/k, PgUp/PgDn, Home/End: select   q: quit',
  's: next order   r: reverse   p or space: pause   b: block the selected source',
  'u: unblock the selected block   a: allow the selected address   y confirms',
  'Strip: ports 0-1023 in its left half, the others in its right; each cell a',
  'range of them, of which one ▃, two or three ▅, or more █ were touched.',
];

/** What an error says, and what to do, may take. */
const MESSAGE_LINES = 3;

/** The longest that fits. */
const HINTS = [
  'q quit  s sort  r reverse  Tab table  j/k row  b block  u unblock  a allow  p pause  ? help',
  'q quit s sort r reverse Tab table b block u unblock a allow p pause ? help',
  'q quit b block u unblock a allow ? help',
  'q quit ? help',
];

/** What the keys do, when it is asked for. */
export function helpLines({ isHelping }: Ui, width: number): Line[] {
  return isHelping ? HELP.map((text) => clip([span(text)], width)) : [];
}

/** The last lines: a question, what was said last, or the keys. */
export function footLines({ question, message }: Ui, width: number): Line[] {
  if (question) return [clip([span('y/n', 'focus'), span(` ${question.text}`, 'warning')], width)];
  if (message) {
    const pieces = wrap(printable(message.text), Math.max(2, width)).slice(0, MESSAGE_LINES);
    return pieces.map((text) => clip([span(text, message.tone)], width));
  }
  const hints = HINTS.find((text) => text.length <= width) ?? '';
  return [clip([span(hints, 'faint')], width)];
}
