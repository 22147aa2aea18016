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
}
