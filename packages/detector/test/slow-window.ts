/** The rule in the words of the design, with plain lists: nothing is forgotten, nothing is clever. */
import type { Policy } from '../src/index.ts';

interface Touch {
  readonly port: number;
  readonly tick: bigint;
}

interface Known {
  touches: Touch[];
  untilNs: bigint | undefined | 'for ever';
}

export interface SlowScan {
  readonly source: number;
  readonly timeNs: bigint;
  readonly ports: number[];
}

/** A source is scanning when it touched more than `threshold` distinct ports within the previous window. */
export class SlowWindow {
  readonly scans: SlowScan[] = [];
  readonly #policy: Policy;
  readonly #sources = new Map<number, Known>();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  probe(source: number, port: number, timeNs: bigint): void {
    const known = this.#sources.get(source) ?? { touches: [], untilNs: undefined };
    this.#sources.set(source, known);
    const last = known.touches.at(-1)?.tick ?? 0n;
    const tick = timeNs / 1024n > last ? timeNs / 1024n : last;
    known.touches.push({ port, tick });
    if (known.untilNs === 'for ever' || (known.untilNs !== undefined && known.untilNs > timeNs)) return;
    const validFrom = known.untilNs === undefined ? 1n : known.untilNs / 1024n;
    const oldest = tick - this.#policy.windowNs / 1024n;
    const counting = known.touches.filter((touch) => touch.tick > oldest && touch.tick >= validFrom);
    const ports = [...new Set(counting.map((touch) => touch.port))];
    if (ports.length <= this.#policy.threshold) return;
    this.scans.push({ source, timeNs, ports: ports.sort((a, b) => a - b) });
    known.untilNs = this.#until(timeNs);
  }

  #until(timeNs: bigint): bigint | 'for ever' {
    if (this.#policy.response === 'log') return timeNs + this.#policy.windowNs;
    return this.#policy.blockTtlNs === 0n ? 'for ever' : timeNs + this.#policy.blockTtlNs;
  }
}
