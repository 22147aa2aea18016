import { clip, type Line, span, textOf, type Tone } from './line.ts';
import { cell, placesOf } from './places.ts';
import type { Row } from './rows.ts';

/** How a table is to be shown. */
export interface PaneOptions {
  readonly width: number;
  /** Keys work on it. */
  readonly isFocused: boolean;
  /** The place of the selected row among those that are shown. */
  readonly selected: number;
}

/** What an IPv4 net takes, and the widest address. */
const ADDRESS_MIN = 18;

/** As wide as the widest address that is shown, within what the other columns leave. */
export function addressWidth(rows: readonly Row[], room: number): number {
  const widest = Math.max(ADDRESS_MIN, ...rows.map(({ name }) => placesOf(name)));
  return Math.max(1, Math.min(widest, room - 1));
}

export const arrow = (reverse: boolean): string => (reverse ? '▲' : '▼');

export const headingTone = (isFocused: boolean): Tone => (isFocused ? 'focus' : 'heading');

/** A whole line in the selection's colours, to the end of it. */
export function selectedLine(line: Line, width: number): Line {
  return clip([span(cell(textOf(line), width), 'selected')], width);
}

/** Those rows of a long table that are shown: the selected one in the middle, but for both ends. */
export function visible<T>(rows: readonly T[], selected: number, height: number): { rows: T[]; selected: number } {
  const first = Math.max(0, Math.min(selected - (height >> 1), rows.length - height));
  return { rows: rows.slice(first, first + Math.max(0, height)), selected: selected - first };
}
