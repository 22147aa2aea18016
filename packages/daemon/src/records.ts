import { kindName, type ProbeKind } from '@scanward/detector';
import { codecs } from '@scanward/map-codec';
import type { Endian } from '@scanward/map-codec';

/** Where the fields of `struct connection` are; a test holds them against the codec. */
export const CONNECTION = {
  time: 0,
  source: 8,
  destination: 24,
  sourcePort: 40,
  destinationPort: 42,
  ifindex: 44,
  kind: 48,
  portState: 49,
} as const;

/** One tick is 1,024 ns. */
export const TICK_NS = 1024;

/**
 * Reads the numbers of a `struct connection` where it lies. There is one for each SYN, so unlike the codec it
 * makes no objects; the addresses are read in place by whoever wants them.
 */
export class ConnectionView {
  readonly #little: boolean;
  #bytes: Uint8Array | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #offset = 0;

  constructor(endian: Endian) {
    this.#little = endian === 'little';
  }

  at(bytes: Uint8Array, offset: number): this {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#offset = offset;
    return this;
  }

  /** Rounded to a number: exact for 104 days of uptime, to 2 ns for twice that, and so on. For printing. */
  timeNs(): number {
    return this.#word(this.#little ? 4 : 0) * 2 ** 32 + this.#word(this.#little ? 0 : 4);
  }

  /** The halves of the time, exact; signed, so that V8 boxes neither. */
  timeHigh(): number {
    return this.#word(this.#little ? 4 : 0) | 0;
  }

  timeLow(): number {
    return this.#word(this.#little ? 0 : 4) | 0;
  }

  sourcePort(): number {
    return this.#view.getUint16(this.#offset + CONNECTION.sourcePort);
  }

  destinationPort(): number {
    return this.#view.getUint16(this.#offset + CONNECTION.destinationPort);
  }

  ifindex(): number {
    return this.#view.getUint32(this.#offset + CONNECTION.ifindex, this.#little);
  }

  /** A number of `enum probe_kind`. */
  kind(): number {
    return this.#view.getUint8(this.#offset + CONNECTION.kind);
  }

  /** A number of `enum port_state`. */
  portState(): number {
    return this.#view.getUint8(this.#offset + CONNECTION.portState);
  }

  #word(at: number): number {
    return this.#view.getUint32(this.#offset + CONNECTION.time + at, this.#little);
  }
}

/** `struct scan`. */
export interface ScanRecord {
  readonly timeNs: bigint;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly expiryNs: bigint;
  readonly ifindex: number;
  readonly sourceBits: number;
  readonly blocked: boolean;
  /** Of the packet that crossed; undefined: a number that nobody knows. */
  readonly probe: ProbeKind | undefined;
  /** Ascending. */
  readonly ports: readonly number[];
}

/** Reads a `struct scan`. */
export function scanReader(endian: Endian): (bytes: Uint8Array, offset: number) => ScanRecord {
  const { scan } = codecs(endian);
  return (bytes, offset) => {
    const { blocked, kind, ports, portsCount, ...record } = scan.decode(bytes, offset);
    const { timeNs, source, destination, expiryNs, ifindex, sourceBits } = record;
    const ascending = ports.slice(0, portsCount).sort((a, b) => a - b);
    const probe = probeKind(kind);
    return {
      timeNs,
      source,
      destination,
      expiryNs,
      ifindex,
      sourceBits,
      blocked: blocked !== 0,
      probe,
      ports: ascending,
    };
  };
}

function probeKind(code: number): ProbeKind | undefined {
  const kind = kindName(code);
  return kind === 'handshake' ? undefined : kind;
}
