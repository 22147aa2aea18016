import type { Prefix } from '@scanward/daemon';

/** One address of an interface. */
export interface HostAddress {
  readonly ifindex: number;
  /** 16 bytes, IPv4 as IPv4-mapped. */
  readonly address: Uint8Array;
}

/** One unicast route of the main table. */
export interface HostRoute {
  readonly destination: Prefix;
  /** Empty: on-link. */
  readonly gateways: readonly Uint8Array[];
  readonly ifindex: number;
  /** The smallest wins. */
  readonly metric: number;
}

/** One interface. */
export interface HostLink {
  readonly ifindex: number;
  readonly name: string;
  readonly up: boolean;
}

/** What the kernel says of the network, in the network namespace of this process. */
export interface HostNetwork {
  addresses(): readonly HostAddress[];
  routes(): readonly HostRoute[];
  links(): readonly HostLink[];
}
