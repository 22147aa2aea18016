import type { Moment } from '../commands/moment.ts';
import { grouped } from '../tables/count.ts';
import { shortSpan } from '../tables/span.ts';
import { clip, type Line, span, type Span, type Tone } from './line.ts';
import type { Orders } from './orders.ts';
import { type PaneOptions, addressWidth, arrow, headingTone, selectedLine } from './pane.ts';
import { cell } from './places.ts';
import { cellOfPort, portStrip, stripGlyph, stripScale } from './port-strip.ts';
import type { SourceRow, SourceState, Survey } from './rows.ts';

/** PORTS, STATE, SEEN, with the spaces before them. */
const FIXED = 6 + 8 + 7;
const STRIP_MIN = 16;
const STRIP_MAX = 128;
/** From so many places on the last ports are named, beside the strip. */
const NAMES_FROM = 56;
const NAMES_MIN = 20;

const STATES: Readonly<Record<SourceState, readonly [text: string, tone: Tone]>> = {
  allowed: ['allowed', 'good'],
  blocked: ['BLOCKED', 'bad'],
  over: ['over', 'warning'],
  passes: ['', 'plain'],
};

/** How the room is shared out. */
interface Widths {
  readonly address: number;
  /** 0: no room for it. */
  readonly strip: number;
  readonly names: number;
}

function widthsFor(rows: readonly SourceRow[], width: number): Widths {
  const address = addressWidth(rows, width - FIXED);
  const room = width - 1 - address - FIXED - 1;
  const names = room >= NAMES_FROM ? Math.max(NAMES_MIN, room - STRIP_MAX - 1) : 0;
  const strip = Math.min(STRIP_MAX, names > 0 ? room - names - 1 : room) & ~1;
  return { address, strip: strip >= STRIP_MIN ? strip : 0, names };
}

/** The heading and the rows that are shown of the sources. */
export function sourcesPane(
  survey: Survey | undefined,
  rows: readonly SourceRow[],
  { by, reverse }: Orders['sources'],
  now: Moment,
  { width, isFocused, selected }: PaneOptions,
): Line[] {
  const widths = widthsFor(rows, width);
  const mark = (order: typeof by) => (by === order ? arrow(reverse) : '');
  const count = survey ? grouped(survey.sources.count) : '…';
  const titles = [
    ` ${cell(`SOURCES ${count}${mark('address')}`, widths.address)}`,
    cell(`PORTS${mark('ports')}`, by === 'ports' ? 6 : 5, 'right'),
    cell('STATE', by === 'ports' ? 6 : 7),
    cell(`SEEN${mark('seen')}`, 6, 'right'),
    ...(widths.strip > 0 ? [stripScale(widths.strip)] : []),
    ...(widths.names > 0 ? [cell('LAST PORTS', widths.names)] : []),
  ];
  const heading = clip([span(cell(titles.join(' '), width), headingTone(isFocused))], width);
  if (survey && rows.length === 0)
    return [heading, clip([span(' nobody has touched two ports within the window', 'faint')], width)];
  return [heading, ...rows.map((row, i) => rowLine(row, widths, now, isFocused && i === selected, width))];
}

function rowLine(row: SourceRow, widths: Widths, now: Moment, isSelected: boolean, width: number): Line {
  const [state, tone] = STATES[row.state];
  const ago = now.monotonicNs > row.seenNs ? now.monotonicNs - row.seenNs : 0n;
  const line: Line = [
    span(`${isSelected ? '>' : ' '}${cell(row.name, widths.address)} `),
    span(`${cell(String(row.ports.length), 5, 'right')} `),
    span(cell(state, 7), tone),
    span(` ${cell(shortSpan(ago), 6, 'right')}`),
    ...(widths.strip > 0 ? [span(' '), ...stripSpans(row.ports, widths.strip)] : []),
    ...(widths.names > 0 ? [span(' '), span(cell(row.ports.join(','), widths.names))] : []),
  ];
  return isSelected ? selectedLine(line, width) : clip(line, width);
}

/** The cell of the last port stands out. */
function stripSpans(ports: readonly number[], cells: number): Span[] {
  const last = ports[0] === undefined ? -1 : cellOfPort(ports[0], cells);
  return portStrip(ports, cells).map((count, i) =>
    span(stripGlyph(count), count === 0 ? 'faint' : i === last ? 'warning' : 'plain'),
  );
}
