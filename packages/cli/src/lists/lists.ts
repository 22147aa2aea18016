import { setImmediate as turn } from 'node:timers/promises';
import {
  type Applied,
  applyAllowList,
  applyBlockList,
  type BulkBlockStore,
  type BulkAllowStore,
  type Clock,
  ListedPrefixes,
  type Log,
} from '@scanward/daemon';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { counted, grouped } from '../tables/count.ts';
import type { Progress } from '../system/progress.ts';
import { readList } from './read-list.ts';

export interface ListPorts {
  readonly blocks: BulkBlockStore;
  readonly allow: BulkAllowStore;
  readonly clock: Pick<Clock, 'monotonicNs'>;
  readonly log: Log;
  readonly progress: Progress;
  /** Its lines. Throws an Error that says why it is not read. */
  readonly open: (path: string) => Iterable<string>;
}

/** The files of both kinds. */
export interface ListFiles {
  readonly allowList: readonly string[];
  readonly blockList: readonly string[];
}

type Kind = keyof ListFiles;

const KINDS = {
  allowList: { name: 'allow list', done: 'allowed', full: 'fewer entries, or wider ones' },
  blockList: {
    name: 'block list',
    done: 'blocked',
    full: 'raise --max-blocks (single IPv4 addresses) or --max-nets (all others)',
  },
} as const;

/** What files say, before anything is made of it. */
export type ListContents = Readonly<Record<Kind, ListedPrefixes>>;

/** Lists in files: who is allowed and who is blocked for as long as he stands there. */
export class Lists {
  readonly #ports: ListPorts;
  readonly #had: Record<Kind, boolean>;

  /** @param isAdopted what lists of a daemon before this one said may be in the maps */
  constructor(ports: ListPorts, isAdopted: boolean) {
    this.#ports = ports;
    this.#had = { allowList: isAdopted, blockList: isAdopted };
  }

  /**
   * Reads all files, and changes nothing.
   *
   * @throws OperatorError when one cannot be read
   */
  async read({ allowList, blockList }: ListFiles): Promise<ListContents> {
    return { allowList: await this.#read('allowList', allowList), blockList: await this.#read('blockList', blockList) };
  }

  /**
   * Makes allowlist and blocklist what was read. Not to be called again before it has ended.
   *
   * @param contents the block list is emptied
   * @returns false when there was nothing to do
   */
  async apply({ allowList, blockList }: ListContents): Promise<boolean> {
    const { allow } = this.#ports;
    const isAllowed = await this.#applyIfAny('allowList', allowList, () =>
      applyAllowList(new ListedPrefixes(allowList), allow),
    );
    const isBlocked = await this.#applyIfAny('blockList', blockList, () => applyBlockList(blockList, this.#ports));
    return isAllowed || isBlocked;
  }

  async #applyIfAny(kind: Kind, wanted: ListedPrefixes, applying: () => Generator<number, Applied>): Promise<boolean> {
    const { size } = wanted;
    if (size === 0 && !this.#had[kind]) return false;
    // Also when it fails halfway: what is written then is to go with the list.
    this.#had[kind] = true;
    await this.#apply(kind, size, applying());
    this.#had[kind] = size > 0;
    return true;
  }

  async #read(kind: Kind, paths: readonly string[]): Promise<ListedPrefixes> {
    const { log, progress, open } = this.#ports;
    const prefixes = new ListedPrefixes();
    for (const path of paths) {
      const what = `${KINDS[kind].name} ${path}`;
      try {
        const { lines, entries, bad, told } = await readList(open(path), prefixes, (count) => {
          progress.show(`reading ${what}: ${grouped(count)} lines`);
        });
        progress.clear();
        for (const each of told) log.warn(`${what}:${each}`);
        const more = bad > told.length ? ` (${grouped(bad - told.length)} more than those above)` : '';
        if (bad > 0) log.warn(`${what}: ${counted(bad, 'line')} of ${grouped(lines)} not taken${more}`);
        log.info(`${what}: ${grouped(entries)} addresses and nets`);
      } catch (error) {
        progress.clear();
        const todo = error instanceof Error ? error.message : String(error);
        throw new OperatorError(ExitCode.usage, `reading ${what}`, todo, { cause: error });
      }
    }
    return prefixes;
  }

  async #apply(kind: Kind, size: number, applying: Generator<number, Applied>): Promise<void> {
    const { log, progress } = this.#ports;
    const { name, done, full } = KINDS[kind];
    for (;;) {
      const step = applying.next();
      if (step.done) {
        progress.clear();
        const { added, removed, refused } = step.value;
        log.info(`${name}s: ${grouped(size)} ${done}, ${grouped(added)} of them new, ${grouped(removed)} no more`);
        if (refused > 0) log.warn(`${name}s: no room for ${grouped(refused)}: ${full}`);
        return;
      }
      progress.show(
        `writing ${name}s: ${grouped(step.value)} of ${grouped(Math.max(size, step.value))}`,
        step.value / size,
      );
      await turn();
    }
  }
}
