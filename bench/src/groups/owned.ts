/** What is to be closed at the end, the last first. (Node 20 has no DisposableStack.) */
export class Owned implements Disposable {
  readonly #owned: Disposable[] = [];

  use<T extends Disposable>(thing: T): T {
    this.#owned.push(thing);
    return thing;
  }

  [Symbol.dispose](): void {
    for (const thing of this.#owned.splice(0).reverse()) thing[Symbol.dispose]();
  }
}
