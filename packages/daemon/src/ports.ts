/** What the daemon needs from the world. The CLI plugs the kernel in; tests plug in fakes. */

/** Where connections and scans come from: the two ring buffers of `bpf/types.h`. */
export interface EventSource {
  /**
   * Visits every waiting `struct connection`, oldest first, without copying: `bytes` and `offset` are valid
   * only during the call. Returns how many there were.
   */
  drainConnections(visit: (bytes: Uint8Array, offset: number) => void): number;
  /** The same for `struct scan`. */
  drainScans(visit: (bytes: Uint8Array, offset: number) => void): number;
  /** Resolves when scans wait to be drained, and with `false` once the source is closed. */
  scansWaiting(): Promise<boolean>;
}

/** `struct block` by source, 16 bytes each; an IPv6 source is its prefix. */
export interface BlockStore {
  entries(): Iterable<{ source: Uint8Array; startNs: bigint; expiryNs: bigint; packets: bigint; bytes: bigint }>;
  /** Returns false when the blocklist is full. An existing entry is replaced. */
  add(source: Uint8Array, startNs: bigint, expiryNs: bigint): boolean;
  /** Returns false when there was no such block. */
  remove(source: Uint8Array): boolean;
}

/** The program's table of sources; the program itself is its only writer. */
export interface SourceStore {
  /** Visits the bytes of every `struct source` that holds a source; valid only during the call. */
  visit(visit: (bytes: Uint8Array, offset: number) => void): void;
  /** Empties the slot of one source, so that its touches count no more. */
  forget(source: Uint8Array): void;
  /** Empties slots that were quiet for a window; returns how many still hold a source. */
  sweep(): number;
}

/** Sums over all CPUs since the start. Names as in `struct counters`. */
export interface CounterValues {
  /** Packets and bytes by verdict, indexed by `enum verdict`. */
  readonly verdicts: readonly { packets: bigint; bytes: bigint }[];
  readonly connectionsLost: bigint;
  readonly scansLost: bigint;
  readonly blocksMade: bigint;
  readonly blocksRefused: bigint;
  readonly sourcesEvicted: bigint;
}

export interface CounterSource {
  read(): CounterValues;
}

/** All times of the daemon come from here. */
export interface Clock {
  /** CLOCK_MONOTONIC in nanoseconds: the clock of the program. */
  monotonicNs(): bigint;
  /** Wall time in milliseconds since 1970. */
  wallMs(): number;
  /** Calls back after `ms`, once, on the monotonic clock; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}

/** A bounded writer of lines (stdout). */
export interface LineSink {
  /** Returns false, and writes nothing, when the reader is too slow: the line is lost. */
  write(line: string): boolean;
}

/** Everything that is not an event: start, warnings, closing summary (stderr). */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}

/** One incoming interface, for names in the output. */
export type InterfaceName = (ifindex: number) => string;
