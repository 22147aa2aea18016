import type { Keypress } from './keys.ts';
import type { Size } from './view.ts';

/** What somebody at the terminal does. */
export interface TerminalEvents {
  readonly key: (press: Keypress) => void;
  readonly resized: () => void;
  /** It is there no longer. */
  readonly gone: () => void;
}

/** The terminal that stdout is. */
export interface Terminal {
  size(): Size;
  write(text: string): void;
  /**
   * Takes it over: keys come one by one, where stdin is a terminal too. The returned function gives it back as it was; so
   * does whatever ends the process, but for SIGKILL.
   */
  take(events: TerminalEvents, enter: string, leave: string): () => void;
}
