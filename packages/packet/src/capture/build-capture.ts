import { concat, padded } from '../bytes.ts';
import { Block } from './read-pcapng.ts';

/** A packet for a capture that is built. */
export interface PacketDescription {
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint;
  readonly bytes: Uint8Array;
  /** Default: as many as `bytes` has. */
  readonly originalLength?: number;
}

export interface PcapDescription {
  /** Default true. */
  readonly little?: boolean;
  /** Default `us`. */
  readonly resolution?: 'us' | 'ns';
  /** Default 1, Ethernet. */
  readonly linkType?: number;
  /** Default 262,144. */
  readonly snapLength?: number;
}

const SECOND_NS = 1_000_000_000n;

/** Bytes of numbers, each after its width. */
function numbers(little: boolean, fields: readonly (readonly [width: 1 | 2 | 4, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 1) view.setUint8(at, value);
    else if (width === 2) view.setUint16(at, value, little);
    else view.setUint32(at, value, little);
    at += width;
  }
  return bytes;
}

/** A pcap capture, for tests. */
export function buildPcap(packets: readonly PacketDescription[], description: PcapDescription = {}): Uint8Array {
  const { little = true, resolution = 'us', linkType = 1, snapLength = 262_144 } = description;
  const [magic, fractionNs] = resolution === 'us' ? [0xa1b2c3d4, 1_000n] : [0xa1b23c4d, 1n];
  const header = [
    [4, magic],
    [2, 2],
    [2, 4],
    [4, 0],
    [4, 0],
    [4, snapLength],
    [4, linkType],
  ] as const;
  const records = packets.flatMap(({ timeNs, bytes, originalLength = bytes.length }) => [
    numbers(little, [
      [4, Number(timeNs / SECOND_NS)],
      [4, Number((timeNs % SECOND_NS) / fractionNs)],
      [4, bytes.length],
      [4, originalLength],
    ]),
    bytes,
  ]);
  return concat([numbers(little, header), ...records]);
}

/** An option of a pcapng block: its code, and its value. */
export type PcapngOption = readonly [code: number, value: Uint8Array];

/** One block of a pcapng capture; `raw` is any block with this type and body. */
export type BlockDescription =
  | { readonly kind: 'section' }
  | {
      readonly kind: 'interface';
      /** Default 1, Ethernet. */
      readonly linkType?: number;
      /** Default 0: no limit. */
      readonly snapLength?: number;
      readonly options?: readonly PcapngOption[];
    }
  | {
      readonly kind: 'packet' | 'old-packet';
      /** Default 0. */
      readonly interfaceId?: number;
      /** In the units of its interface. */
      readonly units: bigint;
      readonly bytes: Uint8Array;
      readonly originalLength?: number;
      readonly options?: readonly PcapngOption[];
    }
  | { readonly kind: 'simple-packet'; readonly bytes: Uint8Array; readonly originalLength?: number }
  | { readonly kind: 'raw'; readonly type: number; readonly body: Uint8Array };

/** A pcapng capture, for tests. Blocks stand as they are given, whether or not that is a right capture. */
export function buildPcapng(blocks: readonly BlockDescription[], little = true): Uint8Array {
  return concat(blocks.map((block) => buildBlock(block, little)));
}

function buildBlock(block: BlockDescription, little: boolean): Uint8Array {
  const [type, body] = bodyOf(block, little);
  const length: readonly [4, number] = [4, body.length + 12];
  return concat([numbers(little, [[4, type], length]), body, numbers(little, [length])]);
}

function bodyOf(block: BlockDescription, little: boolean): [type: number, body: Uint8Array] {
  switch (block.kind) {
    case 'section': {
      const unknown = 0xffff_ffff;
      return [
        Block.section,
        numbers(little, [
          [4, 0x1a2b3c4d],
          [2, 1],
          [2, 0],
          [4, unknown],
          [4, unknown],
        ]),
      ];
    }
    case 'interface': {
      const { linkType = 1, snapLength = 0, options = [] } = block;
      return [
        Block.interface,
        concat([
          numbers(little, [
            [2, linkType],
            [2, 0],
            [4, snapLength],
          ]),
          ...built(options, little),
        ]),
      ];
    }
    case 'packet':
    case 'old-packet': {
      const { interfaceId = 0, units, bytes, originalLength = bytes.length, options = [] } = block;
      const [high, low] = [Number(units >> 32n), Number(units & 0xffff_ffffn)];
      const isOld = block.kind === 'old-packet';
      const head: readonly (readonly [2 | 4, number])[] = isOld
        ? [
            [2, interfaceId],
            [2, 0xffff],
          ]
        : [[4, interfaceId]];
      const lengths = numbers(little, [...head, [4, high], [4, low], [4, bytes.length], [4, originalLength]]);
      const type = isOld ? Block.packet : Block.enhancedPacket;
      return [type, concat([lengths, padded(bytes, 4), ...built(options, little)])];
    }
    case 'simple-packet': {
      const { bytes, originalLength = bytes.length } = block;
      return [Block.simplePacket, concat([numbers(little, [[4, originalLength]]), padded(bytes, 4)])];
    }
    case 'raw':
      return [block.type, padded(block.body, 4)];
  }
}

function built(options: readonly PcapngOption[], little: boolean): Uint8Array[] {
  if (options.length === 0) return [];
  const each = options.flatMap(([code, value]) => [
    numbers(little, [
      [2, code],
      [2, value.length],
    ]),
    padded(value, 4),
  ]);
  return [...each, new Uint8Array(4)];
}
