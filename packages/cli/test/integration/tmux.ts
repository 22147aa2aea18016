import { command, type Host, patience } from '@scanward/testkit';
import { setTimeout as sleep } from 'node:timers/promises';

let servers = 0;

/** A real terminal in a host's namespace, with a shell in it, seen by a server of its own. */
export class Tmux implements AsyncDisposable {
  readonly #host: Host;
  readonly #name = `scanward-${process.pid}-${++servers}`;

  private constructor(host: Host) {
    this.#host = host;
  }

  static async start(host: Host, columns: number, rows: number): Promise<Tmux> {
    const tmux = new Tmux(host);
    await tmux.#do('new-session', '-d', '-x', String(columns), '-y', String(rows), 'env PS1=ready: sh');
    await tmux.shows(/^ready:/m);
    return tmux;
  }

  async #do(...words: string[]): Promise<string> {
    // Nobody's settings, and UTF-8 whatever the locale.
    const line = ['tmux', '-u', '-L', this.#name, '-f', '/dev/null', ...words];
    return (await command('ip', ['netns', 'exec', this.#host.ns.name, ...line])).stdout;
  }

  /** Keys by their names in tmux (`Tab`, `Enter`, `C-c`), or a text, as one types it. */
  async keys(...keys: string[]): Promise<void> {
    await this.#do('send-keys', ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#do('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** The lines that are seen. */
  async screen(): Promise<string> {
    return this.#do('capture-pane', '-p');
  }

  /** Waits until something is seen. */
  async shows(what: RegExp): Promise<void> {
    const untilMs = performance.now() + patience(5_000);
    for (let screen = await this.screen(); !what.test(screen); screen = await this.screen()) {
      if (performance.now() > untilMs) throw new Error(`no ${String(what)} on the screen:\n${screen}`);
      await sleep(40);
    }
  }

  /** Whether the other screen is shown, the cursor is, and lines wrap. */
  async modes(): Promise<{ alternate: boolean; cursor: boolean; wraps: boolean }> {
    const text = await this.#do('display-message', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}');
    const [alternate, cursor, wraps] = text.trim().split(' ');
    return { alternate: alternate === '1', cursor: cursor === '1', wraps: wraps === '1' };
  }

  /** The process that the shell waits for. */
  async foreground(): Promise<number> {
    const shell = (await this.#do('display-message', '-p', '#{pane_pid}')).trim();
    return Number((await command('ps', ['-o', 'pid=', '--ppid', shell])).stdout.trim().split('\n')[0]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#do('kill-server').catch(() => undefined);
  }
}
