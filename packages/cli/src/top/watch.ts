import type { Log } from '@scanward/daemon';
import { changed, type ChangingRequest } from '../commands/changed.ts';
import type { OpenInstance } from '../commands/command-system.ts';
import { momentOf } from '../commands/moment.ts';
import { ExitCode } from '../exit-codes.ts';
import type { TopRequest } from '../flags/request.ts';
import { OperatorError } from '../operator-error.ts';
import { type Frame, glance } from './frame.ts';
import type { Orders } from './orders.ts';
import { type Rates, ratesBetween, type Reading } from './rates.ts';
import type { Survey } from './rows.ts';
import { survey } from './survey.ts';
import type { TopSystem } from './top-system.ts';
import type { Message, Wish } from './ui.ts';

/** As many as the widest terminal shows. */
const HISTORY_MAX = 1_000;
/** After a walk it rests for so many times as long as that took: a million blocks cost a fifth of a processor. */
const REST = 4n;

/** An instance that is looked at again and again. */
export class Watch {
  readonly #request: TopRequest;
  readonly #system: TopSystem;
  #instance: OpenInstance;
  #history: readonly Rates[] = [];
  #last: Reading | undefined;
  #survey: Survey | undefined;
  #walking: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #restUntilNs = 0n;
  #changes = 0;

  /** @throws OperatorError `absent`, or what the loader throws */
  constructor(request: TopRequest, system: TopSystem) {
    this.#request = request;
    this.#system = system;
    this.#instance = system.open(request.place);
  }

  /** Waits until the tables were walked over, when that is due; with `patienceMs` no longer than so. */
  async walk(orders: Orders, patienceMs?: number): Promise<void> {
    if (this.#system.clock.monotonicNs() >= this.#restUntilNs) this.#walking ??= this.#walk(orders);
    if (this.#walking) await this.#within(this.#walking, patienceMs);
    this.#complain();
  }

  /** The same at once, for another order, or since something was changed. */
  async walkAnew(orders: Orders): Promise<void> {
    await this.#walking;
    await (this.#walking ??= this.#walk(orders));
    this.#complain();
  }

  async #walk(orders: Orders): Promise<void> {
    const { clock } = this.#system;
    const startNs = clock.monotonicNs();
    try {
      this.#survey = await survey(this.#instance, orders, this.#survey, clock);
    } catch (error) {
      this.#failure = { error };
    }
    this.#walking = undefined;
    const nowNs = clock.monotonicNs();
    this.#restUntilNs = nowNs + REST * (nowNs - startNs);
  }

  async #within(work: Promise<void>, patienceMs: number | undefined): Promise<void> {
    if (patienceMs === undefined) return work;
    let cancel: (() => void) | undefined;
    const late = new Promise<void>((resolve) => (cancel = this.#system.clock.after(patienceMs, resolve)));
    await Promise.race([work, late]);
    cancel?.();
  }

  /** A walk may fail when nobody waits for it any more. */
  #complain(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
  }

  /** Reads the counters; with `isInterval` another interval has passed. */
  frame(isInterval: boolean): Frame {
    const seen = glance(this.#instance, momentOf(this.#system.clock));
    const reading: Reading = { monotonicNs: seen.now.monotonicNs, counters: seen.counters };
    if (isInterval && this.#last) {
      this.#history = [...this.#history, ratesBetween(this.#last, reading)].slice(-HISTORY_MAX);
    }
    if (isInterval || !this.#last) this.#last = reading;
    return { ...seen, history: this.#history, survey: this.#survey };
  }

  /**
   * Sees to it that the maps are those of the instance: a daemon that starts with other sizes replaces them.
   *
   * @throws OperatorError `absent` when the instance is gone, `busy` while it is being replaced
   */
  async follow(): Promise<void> {
    if (this.#changes > 0 || this.#instance.isCurrent()) return;
    const next = this.#open();
    await this.#walking;
    this.#instance.close();
    this.#instance = next;
    this.#survey = undefined;
    this.#last = undefined;
  }

  #open(): OpenInstance {
    const { place } = this.#request;
    try {
      return this.#system.open(place);
    } catch (error) {
      if (!(error instanceof OperatorError) || error.exitCode !== ExitCode.absent) throw error;
      const todo = 'it is gone: its daemon has ended, or it was detached; start one (scanward run)';
      throw new OperatorError(ExitCode.absent, `watching instance ${place.name}`, todo, { cause: error });
    }
  }

  /** Does what somebody wished, and says it. @throws OperatorError */
  async change({ what, prefix }: Wish): Promise<Message> {
    const warnings: string[] = [];
    const log: Log = { info: () => undefined, warn: (message) => void warnings.push(message) };
    const { place, state } = this.#request;
    const asked = { place, state, json: false } as const;
    const requests: Readonly<Record<Wish['what'], ChangingRequest>> = {
      block: { ...asked, command: 'block', options: { prefix, ttlNs: undefined, text: '' } },
      unblock: { ...asked, command: 'unblock', options: { prefix, graceNs: undefined } },
      allow: { ...asked, command: 'allow add', options: { prefix } },
    };
    this.#changes++;
    try {
      const { outcome, unkept } = await changed(requests[what], this.#instance, this.#system, log);
      warnings.push(...outcome.warnings);
      if (unkept !== undefined)
        warnings.push(unkept instanceof Error ? unkept.message : 'the state file is not written');
      const text = [...outcome.lines, ...warnings].join('; ');
      return { text, tone: warnings.length > 0 ? 'warning' : 'good' };
    } finally {
      this.#changes--;
    }
  }

  close(): void {
    this.#instance.close();
  }
}
