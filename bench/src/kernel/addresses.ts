const HOST_MASK = 0x0fff_ffff;

/** The /4 of the blocked sources, of the honest ones, and of the allowed ones. */
export const Network = { blocked: 0x2000_0000, honest: 0x4000_0000, allowed: 0x6000_0000 } as const;

/** Writes the address number `index` of a network, as the packet changers count (packages/testkit/bpf/wrap.bpf.c), IPv4-mapped. */
export function putAddress(view: DataView, at: number, network: number, index: number): void {
  view.setUint16(at + 10, 0xffff);
  view.setUint32(at + 12, (network | (Math.imul(index, 0x9e37_79b1) & HOST_MASK)) >>> 0);
}

/** The address number `index` of a network. */
export function addressOf(network: number, index: number): Uint8Array {
  const address = new Uint8Array(16);
  putAddress(new DataView(address.buffer), 0, network, index);
  return address;
}

export const blockedSource = (index: number): Uint8Array => addressOf(Network.blocked, index);
export const allowedSource = (index: number): Uint8Array => addressOf(Network.allowed, index);
