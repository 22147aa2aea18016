import { ADDRESS_BYTES, hexOf, isMapped, maskOf, type Prefix } from './address.ts';
import { assertInteger } from './assert.ts';
import { type Block, isInForce, rounded } from './block.ts';
import { IPV4_NET_BITS_MIN, NET_LOOKS_MAX } from './limits.ts';
import type { PrefixList } from './prefix-list.ts';

export interface NetsOptions {
  /** Nets at most: the entries of the program's map. */
  readonly capacity: number;
  readonly allow: PrefixList;
}

/** A net that is blocked; its block says how long it is. */
export interface BlockedNet {
  readonly address: Uint8Array;
  readonly block: Block;
}

/**
 * The program's blocked nets, rule by rule (bpf/nets.bpf.h): of nets within each other the longest one in force drops the
 * packet. A block that has expired stays until the net is blocked again, or it is deleted.
 */
export class Nets {
  readonly capacity: number;
  readonly #allow: PrefixList;
  readonly #nets = new Map<string, BlockedNet>();

  constructor({ capacity, allow }: NetsOptions) {
    this.capacity = capacity;
    this.#allow = allow;
  }

  /** Nets, those whose block has expired with them. */
  get size(): number {
    return this.#nets.size;
  }

  /** All of them, in no order. */
  list(): readonly BlockedNet[] {
    return [...this.#nets.values()];
  }

  /** COMMAND_FIND: the block of exactly this net. */
  get(net: Prefix): Block | undefined {
    return this.#nets.get(keyOf(net))?.block;
  }

  /** COMMAND_BLOCK: insert or replace. Returns false when there is no room. */
  set(net: Prefix, block: Omit<Block, 'bits'>): boolean {
    assertInteger('bits of a net', net.bits, 0, 128);
    if (!this.#nets.has(keyOf(net)) && this.#nets.size >= this.capacity) return false;
    const entry = { address: masked(net.address, net.bits), block: rounded({ ...block, bits: net.bits }) };
    this.#nets.set(keyOf(net), entry);
    return true;
  }

  /** COMMAND_UNBLOCK: whether there was a block of exactly this net. */
  delete(net: Prefix): boolean {
    return this.#nets.delete(keyOf(net));
  }

  /** Whether a packet is dropped, which is counted to the block of one net unless the length is 0. */
  drops(address: Uint8Array, nowNs: bigint, frameLength: number): boolean {
    if (this.#nets.size === 0) return false; // as the program, which then asks for none
    const block = this.#holding(address).find((one) => isInForce(one, nowNs));
    if (!block || this.#allow.has(address)) return false;
    if (frameLength > 0) block.packets++;
    block.bytes += BigInt(frameLength);
    return true;
  }

  /** The nets that an address is in, the longest first, as many of them as the program looks at. */
  #holding(address: Uint8Array): Block[] {
    const shortest = isMapped(address, 0) ? IPV4_NET_BITS_MIN : 0;
    const holding: Block[] = [];
    for (let bits = 128; bits >= shortest && holding.length < NET_LOOKS_MAX; bits--) {
      const block = this.get({ address, bits });
      if (block) holding.push(block);
    }
    return holding;
  }
}

function masked(address: Uint8Array, bits: number): Uint8Array {
  const mask = maskOf(bits);
  return Uint8Array.from({ length: ADDRESS_BYTES }, (_, i) => address[i]! & mask[i]!);
}

function keyOf({ address, bits }: Prefix): string {
  return `${hexOf(masked(address, bits))}/${bits}`;
}
