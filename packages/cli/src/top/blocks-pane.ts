import { leftText, whyText } from '../commands/block-words.ts';
import type { Moment } from '../commands/moment.ts';
import { grouped, shortCount } from '../tables/count.ts';
import { leftBar } from './left-bar.ts';
import { clip, type Line, span } from './line.ts';
import type { Orders } from './orders.ts';
import { type PaneOptions, addressWidth, arrow, headingTone, selectedLine } from './pane.ts';
import { cell } from './places.ts';
import { rateText } from './rate-text.ts';
import type { BlockRow, Survey } from './rows.ts';

/** LEFT and PACKETS, with the spaces before them. */
const FIXED = 9 + 9;
const RATE = 7;
const WHY_MIN = 8;
const BAR_FROM = 70;
const WIDE_FROM = 120;

/** How the room is shared out; 0: no room for it. */
interface Widths {
  readonly address: number;
  readonly bar: number;
  readonly rate: number;
  readonly why: number;
}

function widthsFor(rows: readonly BlockRow[], width: number): Widths {
  const address = addressWidth(rows, width - FIXED);
  let room = width - 1 - address - FIXED;
  const take = (wanted: number): number => {
    const taken = room >= wanted + 1 ? wanted : 0;
    if (taken > 0) room -= wanted + 1;
    return taken;
  };
  const rate = take(RATE);
  const bar = width < BAR_FROM ? 0 : take(width < WIDE_FROM ? 8 : 16);
  return { address, rate, bar, why: room - 1 >= WHY_MIN ? room - 1 : 0 };
}

/** The heading and the rows that are shown of the blocks. */
export function blocksPane(
  survey: Survey | undefined,
  rows: readonly BlockRow[],
  { by, reverse }: Orders['blocks'],
  now: Moment,
  { width, isFocused, selected }: PaneOptions,
): Line[] {
  const widths = widthsFor(rows, width);
  const mark = (order: typeof by) => (by === order ? arrow(reverse) : '');
  const count = survey ? grouped(survey.blocks.sources + survey.blocks.nets) : '…';
  const titles = [
    ` ${cell(`BLOCKS ${count}${mark('address')}`, widths.address)}`,
    cell(`LEFT${mark('left')}`, 8, 'right'),
    ...(widths.bar > 0 ? [' '.repeat(widths.bar)] : []),
    cell(`PACKETS${mark('packets')}`, 8, 'right'),
    ...(widths.rate > 0 ? [cell('/S', widths.rate, 'right')] : []),
    ...(widths.why > 0 ? [cell('WHY', widths.why)] : []),
  ];
  const heading = clip([span(cell(titles.join(' '), width), headingTone(isFocused))], width);
  if (survey && rows.length === 0) return [heading, clip([span(' nobody is blocked', 'faint')], width)];
  return [heading, ...rows.map((row, i) => rowLine(row, widths, now, isFocused && i === selected, width))];
}

function rowLine(row: BlockRow, widths: Widths, now: Moment, isSelected: boolean, width: number): Line {
  const { block, note, dropRate } = row;
  const rate = dropRate === undefined ? '-' : rateText(dropRate);
  const line: Line = [
    span(`${isSelected ? '>' : ' '}${cell(row.name, widths.address)} `),
    span(cell(leftText(block, now), 8, 'right')),
    ...(widths.bar > 0 ? [span(' '), span(leftBar(block, now.monotonicNs, widths.bar), 'faint')] : []),
    span(` ${cell(shortCount(block.packets), 8, 'right')}`),
    ...(widths.rate > 0
      ? [span(` ${cell(rate, widths.rate, 'right')}`, dropRate !== undefined && dropRate > 0 ? 'bad' : 'plain')]
      : []),
    ...(widths.why > 0 ? [span(` ${cell(whyText(block, note), widths.why)}`)] : []),
  ];
  return isSelected ? selectedLine(line, width) : clip(line, width);
}
