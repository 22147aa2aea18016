import { Alarm } from './alarm.ts';
import { assemble } from './assembly.ts';
import type { Assembly } from './assembly.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { blocksMade, type Figures, partFigures, type TimedWatcher } from './figures.ts';
import type { CounterValues, DaemonPorts } from './ports.ts';
import type { ListedPrefixes } from './listed-prefixes.ts';
import { recall } from './recall.ts';
import { formatSummary, summarize } from './summary.ts';
import type { Summary } from './summary.ts';
import { Ticker } from './ticker.ts';
import { WatcherError } from './watcher-error.ts';
import type { WatcherName } from './watcher-error.ts';

/** Blocks that end within this time of each other are ended together. */
const EXPIRY_PASS_NS = 250_000_000n;
const NETWORK_PERIOD_MS = 5_000;

/** What a running daemon can be told anew. */
export type Rules = Pick<DaemonOptions, 'policy' | 'trackingPeriodMs' | 'blockingPeriodMs'>;

/** Gives the watchers their time. Nothing ends it but `stop` or a `WatcherError`. */
export class Daemon {
  /** Rejects with a `WatcherError` when a watcher fails; resolves once stopped. */
  readonly ended: Promise<void>;
  readonly #ports: DaemonPorts;
  readonly #parts: Assembly;
  readonly #tickers: Readonly<Record<TimedWatcher, Ticker>>;
  readonly #expiry: Alarm;
  readonly #isAdopted: boolean;
  readonly #ipv6Prefix: number;
  #resolve: () => void = () => undefined;
  #reject: (error: WatcherError) => void = () => undefined;
  #state: 'new' | 'running' | 'failed' | 'stopped' = 'new';
  #startNs = 0n;
  #startMs = 0;
  #expiredNs = 0n;
  #before: CounterValues | undefined;
  #saved: Promise<boolean> = Promise.resolve(true);
  #summary: Summary | undefined;

  constructor(ports: DaemonPorts, options: DaemonOptions) {
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.ended.catch(() => undefined); // who does not await it shall not be ended by an unhandled rejection
    this.#ports = ports;
    this.#parts = assemble(ports, options);
    const { network } = this.#parts;
    this.#isAdopted = options.adopted ?? false;
    this.#ipv6Prefix = options.policy.ipv6Prefix;
    this.#tickers = {
      network: this.#ticker('network', options.networkPeriodMs ?? NETWORK_PERIOD_MS, () => network.pass()),
      tracking: this.#ticker('tracking', options.trackingPeriodMs, () => this.#track()),
      blocking: this.#ticker('blocking', options.blockingPeriodMs, () => this.#look()),
    };
    this.#expiry = new Alarm(
      ports.clock,
      () => this.#expire(),
      (error) => this.#fail('blocking', error),
    );
  }

  /**
   * Recalls what was before, writes policy and allowlist and starts the watchers; call it before the program is attached.
   * Throws what the stores and the network throw: it does not start while it cannot say who is allowed.
   */
  start(): void {
    if (this.#state !== 'new') throw new Error('a daemon starts once');
    const { clock, changes, counters, network } = this.#ports;
    this.#startNs = clock.monotonicNs();
    this.#startMs = clock.wallMs();
    changes?.changed(); // what commands did so far is read now
    const found = network.read();
    recall(this.#parts, this.#ports, { ipv6Prefix: this.#ipv6Prefix, onlink: found.onlink }, this.#isAdopted);
    this.#parts.network.apply(found);
    this.#before = counters.read();
    this.#state = 'running';
    this.#parts.keeper?.start();
    for (const ticker of Object.values(this.#tickers)) ticker.start();
    void this.#watchScans();
  }

  /** What was counted so far; to be asked between `start` and `stop`. Costs a read of the counters, however much is blocked. */
  figures(): Figures {
    const { network, tracking, blocking } = this.#tickers;
    return {
      ...partFigures(this.#parts),
      counters: this.#ports.counters.read(),
      startMs: this.#startMs,
      watchers: { tracking: tracking.times(), blocking: blocking.times(), network: network.times() },
    };
  }

  /**
   * From now on these rules and periods, and these allowed by lists. What was seen, remembered and blocked so far stays. `mode` and `ipv6Prefix` stay
   * too, and in user mode a threshold must be one that the detector's tables have room for.
   */
  reload({ policy, trackingPeriodMs, blockingPeriodMs }: Rules, allowed: ListedPrefixes): void {
    if (this.#state !== 'running') return;
    this.#parts.allowlist.setListed(allowed);
    this.#parts.setPolicy(policy);
    this.#tickers.tracking.setPeriod(trackingPeriodMs);
    this.#tickers.blocking.setPeriod(blockingPeriodMs);
  }

  /** Lists changed what is allowed or blocked. @param allowed all that they allow */
  listed(allowed: ListedPrefixes): void {
    if (this.#state !== 'running') return;
    this.#parts.allowlist.setListed(allowed);
    this.#parts.network.recheck();
    this.#parts.blocking.notice();
  }

  /**
   * Tells what waits, says what happened (also to the log) and ends. After it, or after a failure, no port is
   * used again, except for what `saved` waits for. Best called when the program is detached already: then nothing is left
   * untold.
   */
  stop(): Summary {
    if (this.#summary) return this.#summary;
    const failed = this.#state === 'failed';
    this.#halt();
    try {
      if (!failed) this.#lastPass();
    } finally {
      this.#saved = this.#parts.keeper?.stop() ?? this.#saved;
    }
    this.#summary = this.#sum();
    this.#ports.log.info(formatSummary(this.#summary));
    this.#resolve();
    return this.#summary;
  }

  /**
   * After `stop`: resolves when the state file is written for the last time, with `false` when it could not be, so that
   * only the maps have what changed since. They are needed till then.
   */
  saved(): Promise<boolean> {
    return this.#saved;
  }

  /** One tick of the tracking watcher, which also looks whether a command changed anything. */
  #track(): void {
    const { tracking, network, graces, blocking, keeper } = this.#parts;
    tracking.pass();
    if (!this.#ports.changes?.changed()) return;
    network.recheck();
    graces.refresh();
    blocking.notice();
    keeper?.changed();
  }

  /** One tick of the blocking watcher. */
  #look(): void {
    this.#parts.graces.refresh();
    this.#parts.blocking.pass();
  }

  #ticker(name: WatcherName, periodMs: number, pass: () => void): Ticker {
    const passAndArm = () => {
      pass();
      this.#arm();
    };
    return new Ticker(this.#ports.clock, periodMs, passAndArm, (error) => this.#fail(name, error));
  }

  /** So that `Unblocked` is told when it happens, and not at the next tick of the blocking watcher. */
  #arm(): void {
    const nextNs = this.#parts.list.nextExpiryNs();
    if (nextNs === undefined || this.#state !== 'running') return;
    const soonest = this.#expiredNs + EXPIRY_PASS_NS;
    this.#expiry.at(nextNs > soonest ? nextNs : soonest);
  }

  #expire(): void {
    this.#parts.blocking.expire();
    this.#expiredNs = this.#ports.clock.monotonicNs();
    this.#arm();
  }

  async #watchScans(): Promise<void> {
    try {
      while (await this.#ports.events.scansWaiting()) {
        if (this.#state !== 'running') return;
        this.#parts.tracking.drain();
        this.#arm();
      }
    } catch (error) {
      this.#fail('scans', error);
    }
  }

  #fail(watcher: WatcherName, error: unknown): void {
    if (this.#state !== 'running') return;
    this.#halt();
    this.#state = 'failed';
    this.#reject(new WatcherError(watcher, error));
  }

  #halt(): void {
    this.#state = 'stopped';
    for (const ticker of Object.values(this.#tickers)) ticker.stop();
    this.#expiry.stop();
  }

  #lastPass(): void {
    try {
      this.#parts.tracking.pass();
      this.#parts.blocking.expire(); // the next start would not know them
      this.#parts.deciding.tellLast();
      this.#parts.scans.endAll();
      this.#parts.output.tellLost(true);
    } catch (error) {
      const named = new WatcherError('tracking', error);
      this.#reject(named);
      throw named;
    }
  }

  #sum(): Summary {
    const { scans, output } = this.#parts;
    const { counters, clock } = this.#ports;
    return summarize(this.#before, counters.read(), {
      scans: scans.count,
      blocks: blocksMade(this.#parts),
      lost: output.losses(),
      runMs: Number(clock.monotonicNs() - this.#startNs) / 1e6,
    });
  }
}
