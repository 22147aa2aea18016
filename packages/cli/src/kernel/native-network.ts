import { listAddresses, listLinks, listRoutes, type NetworkRoute } from '@scanward/loader-native';
import type { HostNetwork, HostRoute } from '../network/host-network.ts';

const MAIN_TABLE = 254;
const UNICAST = 1;

/** The network of the namespace that this process runs in, by netlink. */
export const nativeNetwork: HostNetwork = {
  addresses: () => listAddresses().map(({ ifindex, address }) => ({ ifindex, address: mapped(address) })),
  routes: () => listRoutes().filter(isHostRoute).map(toHostRoute),
  links: () => listLinks().map(({ index, name, up }) => ({ ifindex: index, name, up })),
};

function isHostRoute({ table, type, ifindex }: NetworkRoute): boolean {
  return table === MAIN_TABLE && type === UNICAST && ifindex !== undefined;
}

function toHostRoute({ family, destination, prefix, gateway, ifindex, metric }: NetworkRoute): HostRoute {
  return {
    destination: { address: mapped(destination), bits: family === 4 ? prefix + 96 : prefix },
    gateways: gateway ? [mapped(gateway)] : [],
    ifindex: ifindex ?? 0,
    metric,
  };
}

/** Four bytes as an IPv4-mapped IPv6 address; sixteen as they are. */
function mapped(address: Uint8Array): Uint8Array {
  if (address.length !== 4) return address;
  return Uint8Array.of(...new Uint8Array(10), 0xff, 0xff, ...address);
}
