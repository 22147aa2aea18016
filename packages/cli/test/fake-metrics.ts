import type { Answer, Request } from '../src/metrics/answer.ts';
import type { Family } from '../src/metrics/family.ts';
import type { Listening } from '../src/metrics/listen.ts';
import type { MetricsPorts } from '../src/metrics/metrics.ts';
import { type MetricsWhere, whereText } from '../src/metrics/where.ts';

/** Places to listen on, in memory. */
export class FakeMetrics implements MetricsPorts {
  /** Thrown by `listen`, and by the making of the page. */
  refusal: Error | undefined;
  pageRefusal: Error | undefined;
  /** Asks who listens now. */
  ask: ((request: Request) => Promise<Answer>) | undefined;
  readonly #done: string[];

  /** @param done a record of what was done */
  constructor(done: string[]) {
    this.#done = done;
  }

  readonly listen = (where: MetricsWhere, answer: (request: Request) => Promise<Answer>): Promise<Listening> => {
    if (this.refusal) return Promise.reject(this.refusal);
    this.#done.push(`listen ${whereText(where)}`);
    this.ask = answer;
    const close = () => {
      this.#done.push('deaf');
      this.ask = undefined;
    };
    return Promise.resolve({ where: where.kind === 'tcp' && where.port === 0 ? { ...where, port: 4 } : where, close });
  };

  readonly page = (read: () => readonly Family[]) => {
    if (this.pageRefusal) return Promise.reject(this.pageRefusal);
    const text = () =>
      Promise.resolve(
        read()
          .map(({ name }) => name)
          .join('\n'),
      );
    return Promise.resolve({ contentType: 'text/plain', text });
  };
}
