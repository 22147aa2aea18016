import { buildFrame, parseAddress, TcpFlag, type FrameDescription } from '@scanward/packet';

export const SECOND = 1_000_000_000n;

/** What a test says of a SYN; the rest is plain. */
export interface SynOptions {
  readonly from?: string;
  readonly to?: string;
  readonly fromPort?: number;
  readonly sequence?: number;
  readonly flags?: number;
  readonly vlans?: FrameDescription['vlans'];
}

/** The frame of a SYN to a port. */
export function syn(port: number, options: SynOptions = {}): Uint8Array {
  const { from = '192.0.2.56', to = '10.0.0.5', fromPort = 40_000, sequence = port, flags = TcpFlag.syn } = options;
  return buildFrame({
    ...(options.vlans ? { vlans: options.vlans } : {}),
    network: { kind: from.includes(':') ? 'ipv6' : 'ipv4', source: from, destination: to },
    transport: { kind: 'tcp', sourcePort: fromPort, destinationPort: port, sequence, flags },
  });
}

/** 16 bytes. */
export const address = parseAddress;
