import {
  buildFrame,
  type ExtensionDescription,
  type FrameDescription,
  type Ipv4Description,
  type TransportDescription,
  type VlanDescription,
} from '@scanward/packet';
import type { Host } from './lab.ts';

export interface WireOptions {
  /** Default: an IPv6 packet if there are extension headers or an IPv6 `source`. */
  readonly ipv6?: boolean;
  /** A forged source address; default the sender's own. */
  readonly source?: string;
  /** The first hop is the router; default: the receiver itself. */
  readonly routed?: boolean;
  readonly vlans?: readonly VlanDescription[];
  /** Of IPv6. */
  readonly extensions?: readonly ExtensionDescription[];
  /** More of the IPv4 header. */
  readonly ipv4?: Partial<Ipv4Description>;
}

/** A SYN to a port. */
export const syn = (destinationPort: number, sourcePort = 40_000, payloadLength = 0): TransportDescription => ({
  kind: 'tcp',
  sourcePort,
  destinationPort,
  sequence: sourcePort * 65_536 + destinationPort,
  payload: new Uint8Array(payloadLength).fill(0x61),
});

/** A frame from one host of a lab to another that the receiver would accept. */
export function frameTo(from: Host, to: Host, transport: TransportDescription, options: WireOptions = {}): Uint8Array {
  const { source, routed = false, vlans = [], extensions = [], ipv4 = {} } = options;
  const ipv6 = options.ipv6 ?? (extensions.length > 0 || (source?.includes(':') ?? false));
  const addresses = ipv6
    ? { source: source ?? from.ipv6, destination: to.ipv6 }
    : { source: source ?? from.ipv4, destination: to.ipv4 };
  const network: FrameDescription['network'] = ipv6
    ? { kind: 'ipv6', ...addresses, extensions }
    : { kind: 'ipv4', ...addresses, ...ipv4 };
  return buildFrame({
    ethernet: { source: from.mac, destination: routed ? from.gatewayMac : to.mac },
    vlans,
    network,
    transport,
  });
}

const IPV4_PAYLOAD_AT = 34;

/** A TCP segment over IPv4 in two fragments; the first carries `firstLength` bytes, a multiple of 8. */
export function fragmentsTo(from: Host, to: Host, transport: TransportDescription, firstLength: number): Uint8Array[] {
  const segment = frameTo(from, to, transport).subarray(IPV4_PAYLOAD_AT);
  const piece = (bytes: Uint8Array, ipv4: Partial<Ipv4Description>): Uint8Array =>
    frameTo(from, to, { kind: 'raw', protocol: 6, bytes }, { ipv4: { identification: 0x5c5c, ...ipv4 } });
  return [
    piece(segment.subarray(0, firstLength), { moreFragments: true }),
    piece(segment.subarray(firstLength), { fragmentOffset: firstLength / 8 }),
  ];
}
