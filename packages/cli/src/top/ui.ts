import type { Prefix } from '@scanward/daemon';
import { type Orders, type PaneName, USUAL_ORDERS } from './orders.ts';

/** A change that somebody has asked for. */
export interface Wish {
  readonly what: 'block' | 'unblock' | 'allow';
  readonly prefix: Prefix;
}

/** A wish that waits for a yes. */
export interface Question {
  readonly wish: Wish;
  readonly text: string;
}

/** What a key, or an error, has to say. */
export interface Message {
  readonly text: string;
  readonly tone: 'good' | 'warning' | 'bad';
}

/** The selected row: by its name, so that it stays selected where it is sorted to; by its place when it is gone. */
export interface Cursor {
  readonly name: string | undefined;
  readonly index: number;
}

/** All that keys decide. */
export interface Ui {
  readonly pane: PaneName;
  readonly orders: Orders;
  readonly cursors: Readonly<Record<PaneName, Cursor>>;
  readonly isPaused: boolean;
  readonly isHelping: boolean;
  readonly question: Question | undefined;
  readonly message: Message | undefined;
}

const TOP: Cursor = { name: undefined, index: 0 };

export const INITIAL_UI: Ui = {
  pane: 'sources',
  orders: USUAL_ORDERS,
  cursors: { sources: TOP, blocks: TOP },
  isPaused: false,
  isHelping: false,
  question: undefined,
  message: undefined,
};

/** The place of the selected row among so many as there are now; 0 when there are none. */
export function indexOf({ name, index }: Cursor, rows: readonly { readonly name: string }[]): number {
  const found = name === undefined ? -1 : rows.findIndex((row) => row.name === name);
  return found >= 0 ? found : Math.max(0, Math.min(index, rows.length - 1));
}
