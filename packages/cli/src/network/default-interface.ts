import type { HostNetwork, HostRoute } from './host-network.ts';

/** Routes to everywhere: 0.0.0.0/0 (96 bits, because IPv4 is mapped) and ::/0. */
export function isDefaultRoute({ destination }: HostRoute): boolean {
  const v4 = destination.bits === 96 && destination.address[10] === 0xff;
  return v4 || destination.bits === 0;
}

/** The interface of the default route, IPv4 before IPv6, then the smallest metric; undefined if there is none. */
export function defaultInterface(network: HostNetwork): string | undefined {
  const [best] = network
    .routes()
    .filter(isDefaultRoute)
    .sort((a, b) => b.destination.bits - a.destination.bits || a.metric - b.metric);
  return network.links().find(({ ifindex }) => ifindex === best?.ifindex)?.name;
}
