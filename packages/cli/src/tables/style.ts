import { styleText } from 'node:util';

/** How text stands out. */
export interface Style {
  heading(text: string): string;
  good(text: string): string;
  warning(text: string): string;
}

export const plainStyle: Style = { heading: (text) => text, good: (text) => text, warning: (text) => text };

// Whether there is a terminal was decided already; newer versions of Node would decide again.
const validateStream = { validateStream: false };

export const colourStyle: Style = {
  heading: (text) => styleText('bold', text, validateStream),
  good: (text) => styleText('green', text, validateStream),
  warning: (text) => styleText('yellow', text, validateStream),
};

/** Colour only on a terminal, and without `NO_COLOR` (https://no-color.org). */
export function styleFor(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): Style {
  return isTerminal && !environment['NO_COLOR'] ? colourStyle : plainStyle;
}
