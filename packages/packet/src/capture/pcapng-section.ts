import { CaptureError } from './capture-error.ts';
import type { CapturedPacket, Direction } from './captured-packet.ts';
import { checkPacketLength, INTERFACES_MAX, PACKET_BYTES_MAX } from './limits.ts';
import { checkLinkType } from './link-type.ts';

/** An interface of a section, as its packets are read by. */
interface Interface {
  readonly linkType: number;
  /** 0: no limit. */
  readonly snapLength: number;
  readonly name: string | undefined;
  /** Units of its times in a second. */
  readonly perSecond: bigint;
  readonly offsetSeconds: bigint;
}

const SECOND_NS = 1_000_000_000n;
const Option = { end: 0, name: 2, timeResolution: 9, timeOffset: 14, packetFlags: 2 } as const;
/** Where the options of an interface begin, and the data of each kind of packet. */
const BODY = { interface: 8, simple: 4, packet: 20 } as const;
const NAME_BYTES_MAX = 64;

/** What a packet block says before its data. */
interface PacketHead {
  readonly interfaceId: number;
  readonly timeNs: bigint;
  readonly length: number;
  readonly originalLength: number;
  readonly start: number;
}

/** One section of a pcapng capture: its byte order and its interfaces. Bodies of blocks go in, packets come out. */
export class PcapngSection {
  readonly #little: boolean;
  readonly #interfaces: Interface[] = [];
  /** A simple packet has no time of its own: it is taken for simultaneous with the one before. */
  #lastNs = 0n;

  constructor(little: boolean) {
    this.#little = little;
  }

  u16(bytes: Uint8Array, at: number): number {
    return viewOf(bytes).getUint16(at, this.#little);
  }

  u32(bytes: Uint8Array, at: number): number {
    return viewOf(bytes).getUint32(at, this.#little);
  }

  addInterface(body: Uint8Array, offset: number): void {
    if (body.length < BODY.interface) throw tooShort(offset);
    if (this.#interfaces.length === INTERFACES_MAX) {
      throw new CaptureError('interface', offset, `a section has more than ${INTERFACES_MAX} interfaces`);
    }
    let name: string | undefined;
    let perSecond = 1_000_000n;
    let offsetSeconds = 0n;
    for (const [code, value] of this.#options(body, BODY.interface, offset)) {
      if (code === Option.name) name = textOf(value);
      if (code === Option.timeResolution && value.length === 1) perSecond = resolution(value[0]!);
      if (code === Option.timeOffset && value.length === 8) offsetSeconds = viewOf(value).getBigInt64(0, this.#little);
    }
    const [linkType, snapLength] = [this.u16(body, 0), this.u32(body, 4)];
    this.#interfaces.push({ linkType, snapLength, name, perSecond, offsetSeconds });
  }

  enhancedPacket(body: Uint8Array, offset: number): CapturedPacket {
    if (body.length < BODY.packet) throw tooShort(offset);
    return this.#packet(this.u32(body, 0), body, offset);
  }

  /** The obsolete packet block has a count of drops in the upper half of the interface. */
  oldPacket(body: Uint8Array, offset: number): CapturedPacket {
    if (body.length < BODY.packet) throw tooShort(offset);
    return this.#packet(this.u16(body, 0), body, offset);
  }

  simplePacket(body: Uint8Array, offset: number): CapturedPacket {
    if (body.length < BODY.simple) throw tooShort(offset);
    const { snapLength } = this.#interface(0, offset);
    const originalLength = this.u32(body, 0);
    const length = Math.min(originalLength, snapLength === 0 ? originalLength : snapLength);
    return this.#taken(body, offset, {
      interfaceId: 0,
      timeNs: this.#lastNs,
      length,
      originalLength,
      start: BODY.simple,
    });
  }

  #packet(interfaceId: number, body: Uint8Array, offset: number): CapturedPacket {
    const units = (BigInt(this.u32(body, 4)) << 32n) | BigInt(this.u32(body, 8));
    const { perSecond, offsetSeconds } = this.#interface(interfaceId, offset);
    const timeNs = (units * SECOND_NS) / perSecond + offsetSeconds * SECOND_NS;
    const [length, originalLength] = [this.u32(body, 12), this.u32(body, 16)];
    return this.#taken(body, offset, { interfaceId, timeNs, length, originalLength, start: BODY.packet });
  }

  #interface(interfaceId: number, offset: number): Interface {
    const found = this.#interfaces[interfaceId];
    if (found) return found;
    const why = `a packet is of interface ${interfaceId}, which the section does not describe`;
    throw new CaptureError('interface', offset, why);
  }

  #taken(body: Uint8Array, offset: number, head: PacketHead): CapturedPacket {
    const { interfaceId, timeNs, length, start } = head;
    const originalLength = Math.max(length, head.originalLength);
    checkPacketLength(length, body.length - start, offset);
    checkPacketLength(originalLength, PACKET_BYTES_MAX, offset);
    const { linkType, name } = this.#interface(interfaceId, offset);
    checkLinkType(linkType, offset);
    this.#lastNs = timeNs;
    const direction = start === BODY.packet ? this.#direction(body, start + padded(length), offset) : undefined;
    return {
      timeNs,
      linkType,
      bytes: body.subarray(start, start + length),
      originalLength,
      interfaceId,
      ...(name === undefined ? {} : { interfaceName: name }),
      ...(direction === undefined ? {} : { direction }),
      offset,
    };
  }

  #direction(body: Uint8Array, start: number, offset: number): Direction | undefined {
    for (const [code, value] of this.#options(body, start, offset)) {
      if (code !== Option.packetFlags || value.length !== 4) continue;
      return ([undefined, 'in', 'out'] as const)[this.u32(value, 0) & 3];
    }
    return undefined;
  }

  *#options(body: Uint8Array, start: number, offset: number): Generator<[number, Uint8Array]> {
    let at = start;
    while (at + 4 <= body.length) {
      const [code, length] = [this.u16(body, at), this.u16(body, at + 2)];
      if (code === Option.end) return;
      if (at + 4 + length > body.length) {
        throw new CaptureError('option', offset, `an option of ${length} bytes is longer than its block`);
      }
      yield [code, body.subarray(at + 4, at + 4 + length)];
      at += 4 + padded(length);
    }
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

const padded = (length: number): number => Math.ceil(length / 4) * 4;

function tooShort(offset: number): CaptureError {
  return new CaptureError('block-length', offset, 'a block is too short for what it is');
}

/** `if_tsresol`: a power of ten, or of two when the highest bit is set. */
function resolution(value: number): bigint {
  return (value & 0x80) === 0 ? 10n ** BigInt(value) : 1n << BigInt(value & 0x7f);
}

/** Printable ASCII of an interface's name; whoever wrote the file chose it, so nothing else of it is shown. */
function textOf(bytes: Uint8Array): string {
  const visible = bytes.subarray(0, NAME_BYTES_MAX).filter((byte) => byte > 0x20 && byte < 0x7f);
  return String.fromCharCode(...visible);
}
