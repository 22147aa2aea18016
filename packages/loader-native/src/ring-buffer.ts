import { BpfSyscallError, ClosedError } from './errors.ts';
import { littleEndian } from './kernel/attr.ts';
import { MapType } from './kernel/uapi.ts';
import type { BpfMap } from './maps/bpf-map.ts';
import type { Sys } from './sys/sys.ts';

/**
 * Sees one record: `length` bytes at `offset` of `bytes`, valid until it returns. `bytes` is the kernel's own
 * memory: writing to it kills the process.
 */
export type RecordVisitor = (bytes: Uint8Array, offset: number, length: number) => void;

const HEADER = 8;
const BUSY = 1 << 31;
const DISCARD = 1 << 30;
const LENGTH_MASK = 0x3fff_ffff;
/** Records after which the kernel gets its room back. */
const PUBLISH_EVERY = 256;

// The low half of a 64-bit position. Differences of positions fit it, because a ring has at most 2^31 bytes.
const LOW = littleEndian ? 0 : 1;

/** Error of a failed mapping or wait. */
function failed(what: string, errno: number): BpfSyscallError {
  return new BpfSyscallError(what, errno);
}

/**
 * The reading end of a BPF_MAP_TYPE_RINGBUF (5.8), in place, without copies. It does not own the map. One
 * reader a map: two would steal each other's records.
 */
export class RingBuffer implements Disposable {
  readonly #sys: Sys;
  readonly #name: string;
  readonly #owner: BpfMap;
  readonly #size: number;
  readonly #consumerPage: ArrayBuffer;
  readonly #producerPages: ArrayBuffer;
  readonly #consumer: BigUint64Array;
  readonly #producer: Int32Array;
  readonly #headers: Int32Array;
  readonly #bytes: Uint8Array;
  #waitingOn: number | undefined;
  #closed = false;
  #reading = false;

  /** @throws RangeError when the map is no ring buffer */
  constructor(map: BpfMap) {
    if (map.type !== MapType.RINGBUF) throw new RangeError(`map ${map.name} is no ring buffer`);
    this.#sys = map.sys;
    this.#name = map.name;
    this.#owner = map;
    this.#size = map.maxEntries;
    const page = map.sys.pageSize();
    this.#consumerPage = this.#map(page, 0, true);
    try {
      // The kernel maps the data twice in a row, so that a record is never in two pieces.
      this.#producerPages = this.#map(page + 2 * this.#size, page, false);
    } catch (error) {
      this.#sys.munmap(this.#consumerPage);
      throw error;
    }
    this.#consumer = new BigUint64Array(this.#consumerPage, 0, 1);
    this.#producer = new Int32Array(this.#producerPages, 0, 2);
    this.#headers = new Int32Array(this.#producerPages, page);
    this.#bytes = new Uint8Array(this.#producerPages, page);
  }

  /** Bytes of the ring. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that wait to be read, with their headers; records still being written are among them. */
  get pending(): number {
    this.#check();
    return (Atomics.load(this.#producer, LOW) - Number(Atomics.load(this.#consumer, 0) & 0xffff_ffffn)) >>> 0;
  }

  /**
   * Visits the records that are there, but no more than one full ring of them, so that it ends under any load.
   * When the visitor throws, its record counts as read. The visitor may close the ring.
   * @returns how many were visited
   */
  read(visit: RecordVisitor): number {
    this.#check();
    if (this.#reading) throw new Error(`ring buffer ${this.#name} is being read already`);
    this.#reading = true;
    try {
      return this.#read(visit);
    } finally {
      this.#reading = false;
    }
  }

  /**
   * Waits for records: true when there are some, false when close() was called meanwhile. Records that were put
   * with BPF_RB_NO_WAKEUP end no wait that has begun.
   */
  async wait(): Promise<boolean> {
    this.#check();
    for (;;) {
      const fd = this.#owner.fd;
      this.#waitingOn = fd;
      const result = await this.#sys.waitReadable(fd);
      if (this.#closed) return false;
      if (result < 0) throw failed('poll', -result);
      // Cancelled, but not by this ring: its map was closed, and the number meant another's descriptor.
      if (result === 1) return true;
    }
  }

  /** Ends the waits and unmaps the memory; the map stays open. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#waitingOn !== undefined) this.#sys.cancelWait(this.#waitingOn);
    this.#sys.munmap(this.#consumerPage);
    this.#sys.munmap(this.#producerPages);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #check(): void {
    if (this.#closed) throw new ClosedError(`ring buffer ${this.#name}`);
  }

  #map(length: number, offset: number, writable: boolean): ArrayBuffer {
    const mapped = this.#sys.mmap(this.#owner.fd, length, offset, writable);
    if (typeof mapped === 'number') throw failed(`mmap of ring buffer ${this.#name}`, -mapped);
    return mapped;
  }

  #read(visit: RecordVisitor): number {
    const start = Atomics.load(this.#consumer, 0);
    const low = Number(start & 0xffff_ffffn);
    let visited = 0;
    let taken = 0;
    let published = 0;
    let unpublished = 0;
    const publish = () => {
      if (taken === published || this.#closed) return;
      Atomics.store(this.#consumer, 0, start + BigInt(taken));
      published = taken;
      unpublished = 0;
    };
    try {
      while (taken < this.#size && !this.#closed) {
        const at = (low + taken) % this.#size;
        if (!this.#has(low + taken)) {
          if (taken === published) break;
          // Only after this may the kernel think that its reader has caught up: look once more.
          publish();
          continue;
        }
        const header = Atomics.load(this.#headers, at >>> 2);
        if ((header & BUSY) !== 0) break;
        const length = header & LENGTH_MASK;
        taken += (length + HEADER + 7) & ~7;
        unpublished++;
        if ((header & DISCARD) === 0) {
          visited++;
          visit(this.#bytes, at + HEADER, length);
        }
        if (unpublished >= PUBLISH_EVERY) publish();
      }
    } finally {
      publish();
    }
    return visited;
  }

  #has(position: number): boolean {
    return Atomics.load(this.#producer, LOW) !== (position | 0);
  }
}
