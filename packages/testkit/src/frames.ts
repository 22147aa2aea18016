import { addressBytes } from './address.ts';

/** Frames for tests that put them on a real wire: checksums are right, so that a host would answer them. */

const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value)];

const checksum = (bytes: readonly number[]): number => {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
};

/** Where a packet goes from and to. */
export interface Path {
  readonly sourceMac: Uint8Array;
  readonly destinationMac: Uint8Array;
  readonly source: string;
  readonly destination: string;
  /** Tags from the outside in, e.g. `[{ tpid: 0x88a8, id: 5 }, { tpid: 0x8100, id: 7 }]`. */
  readonly vlans?: readonly { tpid: number; id: number }[];
}

/** A transport header with its data, before its checksum. */
export interface Transport {
  readonly protocol: number;
  readonly bytes: number[];
  /** Where the checksum stands. */
  readonly checksumAt: number;
}

export interface TcpOptions {
  readonly sourcePort?: number;
  readonly destinationPort: number;
  readonly sequence?: number;
  /** Default 2: SYN. */
  readonly flags?: number;
  /** Bytes of data; default 0. */
  readonly dataLength?: number;
}

export function tcp({
  sourcePort = 40_000,
  destinationPort,
  sequence = 1,
  flags = 2,
  dataLength = 0,
}: TcpOptions): Transport {
  const header = [
    ...u16(sourcePort),
    ...u16(destinationPort),
    ...u32(sequence),
    ...u32(0),
    0x50,
    flags,
    ...u16(64_240),
    0,
    0,
    0,
    0,
  ];
  return { protocol: 6, bytes: [...header, ...Array<number>(dataLength).fill(0x61)], checksumAt: 16 };
}

export function udp(destinationPort: number, sourcePort = 40_000): Transport {
  return {
    protocol: 17,
    bytes: [...u16(sourcePort), ...u16(destinationPort), ...u16(12), 0, 0, 1, 2, 3, 4],
    checksumAt: 6,
  };
}

/** An echo request of either family. */
export function echo(ipv6 = false): Transport {
  return { protocol: ipv6 ? 58 : 1, bytes: [ipv6 ? 128 : 8, 0, 0, 0, 0, 7, 0, 1, 1, 2, 3, 4], checksumAt: 2 };
}

const ethernet = ({ sourceMac, destinationMac, vlans = [] }: Path, type: number): number[] => [
  ...destinationMac,
  ...sourceMac,
  ...vlans.flatMap(({ tpid, id }) => [...u16(tpid), ...u16(id)]),
  ...u16(type),
];

const summed = (path: Path, transport: Transport): number[] => {
  const [source, destination] = [addressBytes(path.source), addressBytes(path.destination)];
  const pseudo =
    transport.protocol === 1
      ? []
      : [...source, ...destination, ...u32(transport.protocol), ...u32(transport.bytes.length)];
  const bytes = [...transport.bytes];
  bytes.splice(transport.checksumAt, 2, ...u16(checksum([...pseudo, ...transport.bytes])));
  return bytes;
};

const ipv4Header = (path: Path, protocol: number, length: number, fragment: number): number[] => {
  const options = [0x45, 0, ...u16(20 + length), ...u16(0x5c5c), ...u16(fragment), 64, protocol, 0, 0];
  const header = [...options, ...addressBytes(path.source), ...addressBytes(path.destination)];
  header.splice(10, 2, ...u16(checksum(header)));
  return header;
};

export interface ExtensionHeader {
  /** 0 hop-by-hop, 43 routing, 44 fragment, 60 destination. */
  readonly type: number;
  /** After the next-header byte. Its length must make the header a multiple of 8. */
  readonly bytes: readonly number[];
}

/** Options headers of padding only, in the order that RFC 8200 asks for. */
export const hopByHop: ExtensionHeader = { type: 0, bytes: [0, 1, 4, 0, 0, 0, 0] };
export const destinationOptions: ExtensionHeader = { type: 60, bytes: [0, 1, 4, 0, 0, 0, 0] };
/** The header of a first and only fragment. */
export const atomicFragment: ExtensionHeader = { type: 44, bytes: [0, 0, 0, 0, 0, 0, 7] };

/** One packet as a frame, IPv4 or IPv6 as its addresses are. */
export function frame(path: Path, transport: Transport, extensions: readonly ExtensionHeader[] = []): Uint8Array {
  const payload = summed(path, transport);
  if (!path.source.includes(':')) {
    return Uint8Array.from([
      ...ethernet(path, 0x0800),
      ...ipv4Header(path, transport.protocol, payload.length, 0),
      ...payload,
    ]);
  }
  const types = [...extensions.map(({ type }) => type), transport.protocol];
  const chain = extensions.flatMap(({ bytes }, i) => [types[i + 1]!, ...bytes]);
  const ip = [0x60, 0, 0, 0, ...u16(chain.length + payload.length), types[0]!, 64];
  const addresses = [...addressBytes(path.source), ...addressBytes(path.destination)];
  return Uint8Array.from([...ethernet(path, 0x86dd), ...ip, ...addresses, ...chain, ...payload]);
}

/** The packet in IPv4 fragments; `firstLength` (a multiple of 8) is how much of the TCP segment the first one carries. */
export function ipv4Fragments(path: Path, transport: Transport, firstLength: number): Uint8Array[] {
  const payload = summed(path, transport);
  const part = (from: number, to: number, more: boolean): Uint8Array => {
    const piece = payload.slice(from, to);
    const fragment = (from >> 3) | (more ? 0x2000 : 0);
    return Uint8Array.from([
      ...ethernet(path, 0x0800),
      ...ipv4Header(path, transport.protocol, piece.length, fragment),
      ...piece,
    ]);
  };
  return [part(0, firstLength, true), part(firstLength, payload.length, false)];
}

/** The source address of a frame's IP packet in hex, behind any tags; `undefined` if it is none. */
export function sourceHex(bytes: Uint8Array): string | undefined {
  let at = 12;
  while ([0x8100, 0x88a8].includes((bytes[at]! << 8) | bytes[at + 1]!)) at += 4;
  const type = (bytes[at]! << 8) | bytes[at + 1]!;
  if (type === 0x0800) return Buffer.from(bytes.slice(at + 14, at + 18)).toString('hex');
  if (type === 0x86dd) return Buffer.from(bytes.slice(at + 10, at + 26)).toString('hex');
  return undefined;
}
