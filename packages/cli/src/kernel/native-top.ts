import { emitKeypressEvents } from 'node:readline';
import type { Keypress } from '../top/keys.ts';
import type { Terminal, TerminalEvents } from '../top/terminal.ts';
import type { TopSystem } from '../top/top-system.ts';
import { systemClock } from '../system/clock.ts';
import { nativeCommands } from './native-commands.ts';

const USUAL = { columns: 80, rows: 24 };

/** The terminal of this process. */
const nativeTerminal: Terminal = {
  // A terminal that does not know its size says 0.
  size: () => ({
    columns: process.stdout.columns || USUAL.columns,
    rows: process.stdout.rows || USUAL.rows,
  }),
  write: (text) => void process.stdout.write(text),
  take(events, enter, leave) {
    const releaseKeys = process.stdin.isTTY ? takeKeys(events) : () => undefined;
    const { resized, gone } = events;
    process.stdout.on('resize', resized).on('error', gone);
    const giveBack = () => {
      process.off('exit', giveBack).off('uncaughtException', giveBack).off('SIGHUP', gone);
      process.stdout.off('resize', resized);
      releaseKeys();
      process.stdout.write(leave);
    };
    // Before whoever says what went wrong: on the other screen nobody would see it.
    process.on('exit', giveBack).on('SIGHUP', gone).prependListener('uncaughtException', giveBack);
    process.stdout.write(enter);
    return giveBack;
  },
};

function takeKeys({ key, gone }: TerminalEvents): () => void {
  const { stdin } = process;
  const pressed = (_text: string | undefined, press: Keypress) => {
    key(press);
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode(true).on('keypress', pressed).on('end', gone).on('error', gone).resume();
  return () => {
    stdin.off('keypress', pressed).off('end', gone);
    try {
      stdin.setRawMode(false).pause();
    } catch {
      // The terminal is gone, and its mode with it.
    }
  };
}

/** The machine that this process runs on, as `top` needs it. */
export const nativeTop: TopSystem = { ...nativeCommands, clock: systemClock, terminal: nativeTerminal };
