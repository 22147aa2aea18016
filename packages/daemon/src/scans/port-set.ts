/** Beyond as many ports a bitmap of all of them, 8 KiB, takes less room. */
const LISTED_MAX = 64;
const PORTS = 65_536;

/** Distinct ports of one scan; never more than 8 KiB. */
export class PortSet {
  #listed: Set<number> | undefined = new Set();
  #bits: Uint32Array | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(port: number): boolean {
    if (this.#bits) return ((this.#bits[port >>> 5]! >>> (port & 31)) & 1) === 1;
    return this.#listed!.has(port);
  }

  /** Returns whether it is new. */
  add(port: number): boolean {
    if (this.has(port)) return false;
    this.#size++;
    if (this.#listed && this.#listed.size === LISTED_MAX) this.#unlist(this.#listed);
    if (this.#bits) this.#set(this.#bits, port);
    else this.#listed!.add(port);
    return true;
  }

  /** Returns whether it was there. */
  delete(port: number): boolean {
    if (!this.has(port)) return false;
    this.#size--;
    this.#listed?.delete(port);
    if (this.#bits) this.#bits[port >>> 5]! &= ~(1 << (port & 31));
    return true;
  }

  /** The first `max` of them, ascending. */
  first(max: number): number[] {
    if (this.#listed) return [...this.#listed].sort((a, b) => a - b).slice(0, max);
    const found: number[] = [];
    for (let port = 0; port < PORTS && found.length < max; port++) if (this.has(port)) found.push(port);
    return found;
  }

  #unlist(listed: Set<number>): void {
    this.#bits = new Uint32Array(PORTS / 32);
    for (const port of listed) this.#set(this.#bits, port);
    this.#listed = undefined;
  }

  #set(bits: Uint32Array, port: number): void {
    bits[port >>> 5]! |= 1 << (port & 31);
  }
}
