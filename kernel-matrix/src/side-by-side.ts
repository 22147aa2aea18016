/** What an item takes while it runs. */
export interface Need {
  /** 0: it hardly takes any. */
  readonly cores: number;
  /** Items with the same word here never run at the same time. */
  readonly alone?: string;
}

/**
 * Runs all items, as many at a time as there are cores for, the widest first. An item that needs more cores than there
 * are gets all of them. Once the signal is aborted none is started any more; what runs is waited for.
 */
export async function sideBySide<Item extends object>(
  items: readonly Item[],
  cores: number,
  need: (item: Item) => Need,
  run: (item: Item) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const width = (item: Item): number => Math.min(need(item).cores, cores);
  const waiting = [...items].sort((a, b) => width(b) - width(a));
  const running = new Map<Item, Promise<void>>();
  const fits = (item: Item): boolean => {
    const taken = [...running.keys()].reduce((sum, other) => sum + width(other), 0);
    const { alone } = need(item);
    const shared = alone !== undefined && [...running.keys()].some((other) => need(other).alone === alone);
    return !shared && taken + width(item) <= cores;
  };
  const startAll = (): void => {
    for (let next = waiting.find(fits); next !== undefined && !signal.aborted; next = waiting.find(fits)) {
      const item = next;
      waiting.splice(waiting.indexOf(item), 1);
      running.set(
        item,
        run(item).finally(() => running.delete(item)),
      );
    }
  };
  startAll();
  while (running.size > 0) {
    await Promise.race(running.values());
    startAll();
  }
}
