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

/** Lists in files: who is allowed and who is blocked for as long as he stands there. */
export class Lists {
  readonly #ports: ListPorts;
  /** One after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #had: Readonly<Record<Kind, boolean>>;

  /** @param isAdopted what lists of a daemon before this one said may be in the maps */
  constructor(ports: ListPorts, isAdopted: boolean) {
    this.#ports = ports;
    this.#had = { allowList: isAdopted, blockList: isAdopted };
  }

  /**
   * Makes allowlist and blocklist what the files say; all files are read before anything is changed. Returns false when there
   * was nothing to do.
   *
   * @throws OperatorError when a file cannot be read: all stays as it was
   */
  async load(files: ListFiles): Promise<boolean> {
    const mine = this.#last.then(() => this.#load(files));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #load(files: ListFiles): Promise<boolean> {
    const allowed = await this.#read('allowList', files.allowList);
    const blocked = await this.#read('blockList', files.blockList);
    const isNeeded = {
      allowList: this.#isNeeded('allowList', allowed),
      blockList: this.#isNeeded('blockList', blocked),
    };
    if (isNeeded.allowList) {
      const { allow } = this.#ports;
      await this.#apply('allowList', allowed.size, applyAllowList(allowed, allow));
    }
    if (isNeeded.blockList) {
      await this.#apply('blockList', blocked.size, applyBlockList(blocked, this.#ports));
    }
    this.#had = { allowList: files.allowList.length > 0, blockList: files.blockList.length > 0 };
    return isNeeded.allowList || isNeeded.blockList;
  }

  #isNeeded(kind: Kind, wanted: ListedPrefixes): boolean {
    return wanted.size > 0 || this.#had[kind];
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
