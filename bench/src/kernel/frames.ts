import { buildFrame, TcpFlag, type TransportDescription } from '@scanward/packet';

const tcp = (flags: number, payload = 0): TransportDescription => ({
  kind: 'tcp',
  sourcePort: 40_000,
  destinationPort: 443,
  sequence: 1,
  flags,
  payload: new Uint8Array(payload),
});
const HONEST = '192.0.2.56';
/** A source of its own: in kernel mode it would be a scanner. */
const CURIOUS = '192.0.2.57';
const SERVER = '10.0.0.5';
const HONEST6 = '2001:db8:1::56';
const SERVER6 = '2001:db8:2::5';

/** The IPv6 source that is blocked, and what the blocklist knows it by. */
export const BLOCKED6 = '2001:db8:bad:1::7';
export const BLOCKED6_KEY = Uint8Array.from([0x20, 0x01, 0x0d, 0xb8, 0x0b, 0xad, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);

const v4 = (transport: TransportDescription, source: string | Uint8Array = HONEST): Uint8Array =>
  buildFrame({ network: { kind: 'ipv4', source, destination: SERVER }, transport });
const v6 = (transport: TransportDescription, source = HONEST6): Uint8Array =>
  buildFrame({ network: { kind: 'ipv6', source, destination: SERVER6 }, transport });

/** An ARP request's length and type: the program reads no further. */
function arp(): Uint8Array {
  const frame = new Uint8Array(60).fill(0xff, 0, 6);
  frame.set([0x08, 0x06], 12);
  return frame;
}

/** The packets that are measured. */
export const frames = {
  arp: arp(),
  data: v4(tcp(TcpFlag.ack | TcpFlag.psh, 512)),
  data6: v6(tcp(TcpFlag.ack | TcpFlag.psh, 512)),
  syn: v4(tcp(TcpFlag.syn)),
  synCurious: v4(tcp(TcpFlag.syn), CURIOUS),
  syn6Blocked: v6(tcp(TcpFlag.syn), BLOCKED6),
  synFrom: (source: Uint8Array) => v4(tcp(TcpFlag.syn), source),
  ackFrom: (source: Uint8Array) => v4(tcp(TcpFlag.ack), source),
} as const;
