import type { Audience } from '../matrix.ts';
import { type CellRecord, count, elapsedMs } from '../record.ts';
import { isCanary, type Run, tally } from '../run.ts';
import { judge } from '../verdict.ts';
import { oneLine, tableText } from './table.ts';
import { canaryTable, kernelTable, time } from './tables.ts';
import { failuresText, summary } from './told.ts';

const WIDTH_MAX = 80;
const HEARTBEAT_MS = 30_000;

/** Where it is shown. */
export interface Screen {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
}

const COLOURS = { green: '\x1b[32m', red: '\x1b[31m', dim: '\x1b[2m' } as const;
type Colour = keyof typeof COLOURS;

interface Mark {
  readonly sign: string;
  readonly colour: Colour;
}

function markOf(record: CellRecord): Mark {
  if (record.outcome)
    return judge(record).colour === 'green' ? { sign: '✓', colour: 'green' } : { sign: '✗', colour: 'red' };
  return { sign: record.startedMs === undefined ? '·' : '▸', colour: 'dim' };
}

const tests = ({ tests: { length } }: CellRecord): string => (length === 1 ? '1 test' : `${length} tests`);

/** Shows the run while it goes on: on a terminal a line for each cell, elsewhere a line where something happens. */
export class Terminal implements Audience {
  private readonly records: readonly CellRecord[];
  private readonly screen: Screen;
  private readonly now: () => number;
  private readonly progressOf = new Map<string, string>();
  private drawn = 0;
  private heartbeatMs: number;

  constructor(records: readonly CellRecord[], screen: Screen, now: () => number) {
    this.records = records;
    this.screen = screen;
    this.now = now;
    this.heartbeatMs = now();
  }

  cell(record: CellRecord, what: 'begins' | 'ends'): void {
    const { cell, resolved } = record;
    this.progressOf.delete(record.driver);
    if (what === 'ends') this.progressOf.delete(cell.name);
    const text =
      what === 'begins' ? `begins (${resolved?.source ?? ''})` : `${time(elapsedMs(record, 0))} ${summary(record)}`;
    this.log(`${cell.name}: ${text}`);
  }

  progress(who: string, line: string): void {
    this.progressOf.set(who, oneLine(line));
    this.log(`${who}: ${line}`);
  }

  /** To be called often: draws the lines anew, or once in a while says that it is still alive. */
  tick(): void {
    if (this.screen.isTTY) this.draw();
    else if (this.now() - this.heartbeatMs >= HEARTBEAT_MS) this.heartbeat();
  }

  /** The tables, what is wrong, where the report is, and `N passed, N failed`. */
  end(run: Run, report: string): void {
    if (this.screen.isTTY) this.draw();
    const { passed, failed } = tally(run);
    const tables = [kernelTable(run), ...(run.records.some(isCanary) ? [canaryTable(run)] : [])];
    const parts = [...tables.map(tableText), failuresText(run), [`report: ${report}`]];
    const text = parts.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines]);
    this.screen.write(`${[...text, `${passed} passed, ${failed} failed`].join('\n')}\n`);
  }

  private log(line: string): void {
    if (!this.screen.isTTY) this.screen.write(`${oneLine(line)}\n`);
  }

  private heartbeat(): void {
    this.heartbeatMs = this.now();
    const running = this.records.filter((record) => record.startedMs !== undefined && !record.outcome);
    const ended = this.records.filter(({ outcome }) => outcome).length;
    const each = running.map((record) => `${record.cell.name} (${tests(record)}, ${this.elapsed(record)})`);
    this.log(`still at it: ${each.join(', ') || 'preparing'}; ${ended} of ${this.records.length} cells have ended`);
  }

  private draw(): void {
    const names = new Set(this.records.map(({ cell }) => cell.name));
    const drivers = [...this.progressOf]
      .filter(([who]) => !names.has(who))
      .map(([who, line]) => this.cut(`${who}: ${line}`));
    const lines = [...this.records.map((record) => this.line(record)), ...drivers].slice(
      0,
      Math.max(1, this.screen.rows - 1),
    );
    const back = this.drawn === 0 ? '' : `\x1b[${this.drawn}A\r\x1b[J`;
    this.screen.write(`${back}${lines.map((line) => `${line}\n`).join('')}`);
    this.drawn = lines.length;
  }

  private line(record: CellRecord): string {
    const { sign, colour } = markOf(record);
    const width = Math.max(...this.records.map(({ cell }) => cell.name.length));
    const elapsed = record.startedMs === undefined ? '' : this.elapsed(record);
    const failed = count(record, 'failed');
    const done = `${tests(record)}${failed > 0 ? `, ${failed} failed` : ''}`;
    const last = record.outcome ? summary(record) : `${done}  ${this.doing(record)}`;
    const text = this.cut(`${sign} ${record.cell.name.padEnd(width)} ${elapsed.padStart(6)}  ${last}`);
    return `${COLOURS[colour]}${sign}\x1b[0m${text.slice(sign.length)}`;
  }

  private doing(record: CellRecord): string {
    return record.tests.at(-1)?.name ?? this.progressOf.get(record.cell.name) ?? '';
  }

  private elapsed(record: CellRecord): string {
    return time(elapsedMs(record, this.now()));
  }

  private cut(text: string): string {
    const width = Math.min(WIDTH_MAX, this.screen.columns);
    const characters = Array.from(oneLine(text));
    return characters.length <= width ? characters.join('') : `${characters.slice(0, width - 1).join('')}…`;
  }
}
