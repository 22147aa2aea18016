import { toOperatorError, type Circumstances } from '../describe-error.ts';
import { ExitCode } from '../exit-codes.ts';
import { shortSpan } from '../tables/span.ts';
import type { Frame } from './frame.ts';
import { keyOf, type Keypress } from './keys.ts';
import type { Line } from './line.ts';
import type { Pacer } from './pacer.ts';
import { type Paint, painted } from './paint.ts';
import { press, type Shown } from './press.ts';
import { ENTER, LEAVE, screenText } from './screen-text.ts';
import type { Terminal } from './terminal.ts';
import { INITIAL_UI, type Ui, type Wish } from './ui.ts';
import { sortedRows, view } from './view.ts';
import type { Watch } from './watch.ts';

/** A frame waits no longer than this for the tables: then it shows those of the walk before. */
const WALK_MS = 60;

/** The view on a terminal, with its keys. */
export class Live {
  readonly #watch: Watch;
  readonly #pacer: Pacer;
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  readonly #circumstances: Circumstances;
  #ui: Ui = INITIAL_UI;
  #frame: Frame;
  #failure: { readonly error: unknown } | undefined;

  constructor(watch: Watch, pacer: Pacer, terminal: Terminal, paint: Paint, circumstances: Circumstances) {
    this.#watch = watch;
    this.#pacer = pacer;
    this.#terminal = terminal;
    this.#paint = paint;
    this.#circumstances = circumstances;
    this.#frame = watch.frame(false);
  }

  /**
   * Shows it for so many intervals, or until it is ended; then the terminal is as it was. What was asked for a number of
   * intervals leaves its last picture behind.
   *
   * @throws OperatorError when the instance is gone, and whatever cannot be read
   */
  async run(count: number): Promise<void> {
    const events = {
      key: (pressed: Keypress) => {
        this.#guarded(() => {
          this.#press(pressed);
        });
      },
      resized: () => {
        this.#guarded(() => {
          this.#draw();
        });
      },
      gone: () => {
        this.#pacer.end();
      },
    };
    const giveBack = this.#terminal.take(events, ENTER, LEAVE);
    let shown = 0;
    try {
      await this.#look(false);
      while (shown < count && (await this.#pacer.next())) {
        if (this.#ui.isPaused) continue;
        await this.#look(true);
        shown++;
      }
    } finally {
      giveBack();
    }
    if (this.#failure) throw this.#failure.error;
    if (shown === count)
      this.#terminal.write(
        `${this.#lines()
          .map((line) => painted(line, this.#paint))
          .join('\n')}\n`,
      );
  }

  /** What fails in answer to a key or a signal ends the view, as what fails in its loop does. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#failure ??= { error };
      this.#pacer.end();
    }
  }

  async #look(isInterval: boolean): Promise<void> {
    try {
      await this.#watch.follow();
      await this.#watch.walk(this.#ui.orders, WALK_MS);
    } catch (error) {
      const known = toOperatorError(error, 'reading the instance', this.#circumstances);
      // A daemon that starts is busy for a moment.
      if (known.exitCode !== ExitCode.busy) throw known;
      this.#ui = { ...this.#ui, message: { text: known.message, tone: 'warning' } };
    }
    if (!this.#ui.isPaused) this.#frame = this.#watch.frame(isInterval);
    this.#draw();
  }

  #lines(): Line[] {
    return view(this.#frame, this.#ui, this.#terminal.size());
  }

  #draw(): void {
    this.#terminal.write(screenText(this.#lines(), this.#terminal.size(), this.#paint));
  }

  #press(pressed: Keypress): void {
    const { ui, effect } = press(this.#ui, keyOf(pressed), this.#shown());
    this.#ui = ui;
    if (effect?.do === 'quit') {
      this.#pacer.end();
      return;
    }
    this.#draw();
    if (effect?.do === 'sort') this.#afterwards(Promise.resolve());
    if (effect?.do === 'change') this.#afterwards(this.#change(effect.wish));
  }

  #shown(): Shown {
    const { blockTtlNs } = this.#frame.policy;
    return {
      rows: sortedRows(this.#frame, this.#ui),
      page: Math.max(1, (this.#terminal.size().rows >> 1) - 5),
      lasts: blockTtlNs === 0n ? 'for ever' : `for ${shortSpan(blockTtlNs)}`,
    };
  }

  /** An error is said, and ends nothing: the next frame will show what is. */
  async #change(wish: Wish): Promise<void> {
    try {
      this.#ui = { ...this.#ui, message: await this.#watch.change(wish) };
    } catch (error) {
      const { message } = toOperatorError(error, wish.what, this.#circumstances);
      this.#ui = { ...this.#ui, message: { text: message, tone: 'bad' } };
    }
    this.#draw();
  }

  /** Shows the tables anew, when something is done. */
  #afterwards(work: Promise<void>): void {
    const again = async () => {
      await work;
      await this.#watch.walkAnew(this.#ui.orders);
      this.#frame = this.#watch.frame(false);
      this.#draw();
    };
    again().catch((error: unknown) => {
      this.#failure ??= { error };
      this.#pacer.end();
    });
  }
}
