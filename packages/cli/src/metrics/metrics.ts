import type { Clock, Log } from '@scanward/daemon';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { answerTo } from './answer.ts';
import { explainRefusal } from './explain-refusal.ts';
import { families } from './families.ts';
import type { Family } from './family.ts';
import { FreshPage } from './fresh-page.ts';
import type { Listen, Listening } from './listen.ts';
import type { MetricsFigures } from './metrics-figures.ts';
import type { Page } from './page.ts';
import { DEFAULT_WHERE, type MetricsChoice, type MetricsWhere, whereText, whereUrl } from './where.ts';

/** What metrics need of the system. */
export interface MetricsPorts {
  readonly listen: Listen;
  /** Makes the page of these families. */
  readonly page: (read: () => readonly Family[]) => Promise<Page>;
}

const TODO = 'name another place with --metrics, or say --metrics off';

/** Shows the figures to who asks for them. What was named must be had; without the default the daemon goes on. */
export class Metrics {
  readonly #choice: MetricsChoice;
  readonly #ports: MetricsPorts;
  readonly #clock: Pick<Clock, 'monotonicNs'>;
  readonly #log: Log;
  #listening: Listening | undefined;
  #page: Page | undefined;

  constructor(choice: MetricsChoice, ports: MetricsPorts, clock: Pick<Clock, 'monotonicNs'>, log: Log) {
    this.#choice = choice;
    this.#ports = ports;
    this.#clock = clock;
    this.#log = log;
  }

  /** Listens where it was named; to be called before anything is attached. @throws OperatorError */
  async openNamed(): Promise<void> {
    if (this.#choice === undefined || this.#choice === 'off') return;
    try {
      await this.#listen(this.#choice);
    } catch (error) {
      const why = explainRefusal(error, this.#choice);
      throw new OperatorError(ExitCode.listen, `metrics at ${whereText(this.#choice)}`, `${why}: ${TODO}`, {
        cause: error,
      });
    }
  }

  /** Listens at the default unless a place was named, and begins to show the figures. Only warns of what fails. */
  async show(read: () => MetricsFigures): Promise<void> {
    if (this.#choice === 'off') return;
    try {
      if (this.#choice === undefined) await this.#listen(DEFAULT_WHERE);
    } catch (error) {
      const where = whereText(DEFAULT_WHERE);
      this.#log.warn(`no metrics at ${where}: ${explainRefusal(error, DEFAULT_WHERE)}: ${TODO}`);
      return;
    }
    try {
      const page = await this.#ports.page(() => families(read()));
      this.#page = new FreshPage(page, () => this.#clock.monotonicNs());
    } catch (error) {
      this.#log.warn(`no metrics (${String(error)}): report this`);
      this.close();
    }
  }

  /** Nobody is answered any more. */
  close(): void {
    this.#listening?.close();
    this.#listening = undefined;
    this.#page = undefined;
  }

  async #listen(where: MetricsWhere): Promise<void> {
    this.#listening = await this.#ports.listen(where, (request) => answerTo(request, this.#page));
    this.#log.info(`metrics at ${whereUrl(this.#listening.where)}`);
  }
}
