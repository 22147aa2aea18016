import { styleText } from 'node:util';
import { colourStyle } from '../tables/style.ts';
import type { Line, Tone } from './line.ts';

/** A text in the tone of a span. */
export type Paint = (text: string, tone: Tone) => string;

export const plainPaint: Paint = (text) => text;

type Format = Parameters<typeof styleText>[0];

// As in tables/style.ts: whether there is a terminal was decided already.
const styled = (format: Format, text: string): string => styleText(format, text, { validateStream: false });

const tones: Readonly<Record<Tone, (text: string) => string>> = {
  plain: (text) => text,
  heading: (text) => colourStyle.heading(text),
  good: (text) => colourStyle.good(text),
  warning: (text) => colourStyle.warning(text),
  bad: (text) => styled('red', text),
  faint: (text) => styled('dim', text),
  focus: (text) => styled(['bold', 'underline'], text),
  selected: (text) => styled('inverse', text),
};

export const colourPaint: Paint = (text, tone) => tones[tone](text);

/** A line as a terminal takes it; neighbours of one tone are painted at once. */
export function painted(line: Line, paint: Paint): string {
  let done = '';
  for (let i = 0; i < line.length;) {
    const { tone } = line[i]!;
    let text = '';
    for (; i < line.length && line[i]!.tone === tone; i++) text += line[i]!.text;
    done += paint(text, tone);
  }
  return done;
}
