/** What the detector reports. */
export interface Scan {
  /** When the threshold was crossed (tick of 1,024 ns), or the time of the newest proof of it. */
  readonly timeTicks: number;
  /** The source, 16 bytes; an IPv6 source is its prefix. */
  readonly source: Uint8Array;
  /** How much of it is the source: 128, or the policy's IPv6 prefix. */
  readonly sourceBits: number;
  /** The address that the crossing packet came from; the source itself where only a merge has seen it. */
  readonly address: Uint8Array;
  readonly destination: Uint8Array;
  /** Ascending: those of the crossing, and those within the window when the scan is taken. */
  readonly ports: readonly number[];
}

/** A scan that nobody has taken yet. */
export interface PendingScan extends Scan {
  readonly slot: number;
  /** Touches up to this tick belong to an earlier scan; -1: none. */
  readonly voidTick: number;
}
