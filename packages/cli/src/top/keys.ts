/** As much of what Node's readline tells of a key as this needs. */
export interface Keypress {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

const NAMED: Readonly<Record<string, Key>> = {
  up: 'up',
  down: 'down',
  left: 'pane',
  right: 'pane',
  tab: 'pane',
  pageup: 'page up',
  pagedown: 'page down',
  home: 'first',
  end: 'last',
  escape: 'no',
};

const TYPED: Readonly<Record<string, Key>> = {
  q: 'quit',
  s: 'sort',
  r: 'reverse',
  j: 'down',
  k: 'up',
  g: 'first',
  G: 'last',
  b: 'block',
  u: 'unblock',
  a: 'allow',
  p: 'pause',
  ' ': 'pause',
  '?': 'help',
  y: 'yes',
  Y: 'yes',
  n: 'no',
  N: 'no',
};

/** What a key means. */
export type Key =
  | 'interrupt'
  | 'quit'
  | 'up'
  | 'down'
  | 'page up'
  | 'page down'
  | 'first'
  | 'last'
  | 'pane'
  | 'sort'
  | 'reverse'
  | 'block'
  | 'unblock'
  | 'allow'
  | 'pause'
  | 'help'
  | 'yes'
  | 'no';

/** undefined: it means nothing. Ctrl-C is a key in raw mode. */
export function keyOf({ name, sequence, ctrl, meta }: Keypress): Key | undefined {
  if (ctrl) return name === 'c' ? 'interrupt' : undefined;
  if (name !== undefined && Object.hasOwn(NAMED, name)) return NAMED[name];
  if (meta || sequence === undefined || !Object.hasOwn(TYPED, sequence)) return undefined;
  return TYPED[sequence];
}
