/** A map in memory, for tests of what stands on a map. */
export class FakeMap {
  readonly elements = new Map<string, Uint8Array>();
  /** Thrown by the next `set`. */
  refusal: Error | undefined;

  get(key: Uint8Array): Uint8Array | undefined {
    return this.elements.get(key.join());
  }

  set(key: Uint8Array, value: Uint8Array): void {
    if (this.refusal) throw this.refusal;
    this.elements.set(key.join(), Uint8Array.from(value));
  }

  delete(key: Uint8Array): boolean {
    return this.elements.delete(key.join());
  }

  *entries(): Generator<[Uint8Array, Uint8Array]> {
    for (const [key, value] of this.elements) yield [Uint8Array.from(key.split(','), Number), value];
  }

  /** Batches of three, in buffers that are used again. */
  *getBatch(): Generator<{ count: number; keys: Uint8Array; values: Uint8Array }> {
    const all = [...this.entries()];
    for (let first = 0; first < all.length; first += 3) {
      const some = all.slice(first, first + 3);
      const keys = Uint8Array.from(some.flatMap(([key]) => [...key]));
      const values = Uint8Array.from(some.flatMap(([, value]) => [...value]));
      yield { count: some.length, keys, values };
      keys.fill(0xee);
      values.fill(0xee);
    }
  }
}
