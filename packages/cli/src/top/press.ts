import { formatPrefix } from '@scanward/daemon';
import type { Key } from './keys.ts';
import { type Orders, type PaneName, SOURCE_ORDERS, TOP_BLOCK_ORDERS } from './orders.ts';
import type { Row } from './rows.ts';
import { indexOf, type Ui, type Wish } from './ui.ts';

/** What is on the screen while a key is pressed. */
export interface Shown {
  /** In the order in which they are shown. */
  readonly rows: Readonly<Record<PaneName, readonly Row[]>>;
  /** Rows by which a page moves. */
  readonly page: number;
  /** How long a block will last, in words: `for 1h`. */
  readonly lasts: string;
}

/** What a key leads to. */
export interface Pressed {
  readonly ui: Ui;
  readonly effect?: { readonly do: 'quit' } | { readonly do: 'sort' } | { readonly do: 'change'; readonly wish: Wish };
}

/** What a key does: pure, whatever is pressed when. An answer is to the question alone, and anything but a yes is a no. */
export function press(before: Ui, key: Key | undefined, shown: Shown): Pressed {
  if (key === 'interrupt') return { ui: before, effect: { do: 'quit' } };
  if (before.question) return answered(before, key);
  const ui: Ui = { ...before, message: undefined };
  switch (key) {
    case 'quit':
      return { ui, effect: { do: 'quit' } };
    case 'pause':
      return { ui: { ...ui, isPaused: !ui.isPaused } };
    case 'help':
      return { ui: { ...ui, isHelping: !ui.isHelping } };
    case 'pane':
      return { ui: { ...ui, pane: ui.pane === 'sources' ? 'blocks' : 'sources' } };
    case 'sort':
    case 'reverse':
      return { ui: { ...ui, orders: reordered(ui, key) }, effect: { do: 'sort' } };
    case 'block':
    case 'unblock':
    case 'allow':
      return { ui: asked(ui, key, shown) };
    default:
      return { ui: moved(ui, key, shown) };
  }
}

function answered({ question, ...rest }: Ui, key: Key | undefined): Pressed {
  const ui: Ui = { ...rest, question: undefined };
  if (!question || key !== 'yes') return { ui };
  return { ui, effect: { do: 'change', wish: question.wish } };
}

function reordered({ pane, orders }: Ui, key: 'sort' | 'reverse'): Orders {
  const { sources, blocks } = orders;
  if (key === 'reverse') return { ...orders, [pane]: { ...orders[pane], reverse: !orders[pane].reverse } };
  if (pane === 'sources') return { ...orders, sources: { by: after(SOURCE_ORDERS, sources.by), reverse: false } };
  return { ...orders, blocks: { by: after(TOP_BLOCK_ORDERS, blocks.by), reverse: false } };
}

function after<T>(all: readonly T[], one: T): T {
  return all[(all.indexOf(one) + 1) % all.length] ?? one;
}

function asked(ui: Ui, what: Wish['what'], { rows, lasts }: Shown): Ui {
  const row = rows[ui.pane][indexOf(ui.cursors[ui.pane], rows[ui.pane])];
  const refuse = (text: string): Ui => ({ ...ui, message: { text, tone: 'warning' } });
  if (what === 'block' && ui.pane !== 'sources') return refuse('b blocks a source: Tab leads to them');
  if (what === 'unblock' && ui.pane !== 'blocks') return refuse('u lifts a block: Tab leads to them');
  if (!row) return refuse(ui.pane === 'sources' ? 'no source is selected' : 'no block is selected');
  const { prefix } = row;
  const name = formatPrefix(prefix.address, prefix.bits);
  const texts = { block: `Block ${name} ${lasts}?`, unblock: `Unblock ${name}?`, allow: `Allow ${name} for good?` };
  return { ...ui, question: { wish: { what, prefix }, text: texts[what] } };
}

function moved(ui: Ui, key: Key | undefined, { rows, page }: Shown): Ui {
  const there = rows[ui.pane];
  const from = indexOf(ui.cursors[ui.pane], there);
  const to = target(key, from, there.length, page);
  if (to === undefined || there.length === 0) return ui;
  const index = Math.max(0, Math.min(to, there.length - 1));
  const cursor = { name: there[index]?.name, index };
  return { ...ui, cursors: { ...ui.cursors, [ui.pane]: cursor } };
}

function target(key: Key | undefined, from: number, count: number, page: number): number | undefined {
  switch (key) {
    case 'up':
      return from - 1;
    case 'down':
      return from + 1;
    case 'page up':
      return from - page;
    case 'page down':
      return from + page;
    case 'first':
      return 0;
    case 'last':
      return count - 1;
    default:
      return undefined;
  }
}
