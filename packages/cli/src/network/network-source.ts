import type { AllowEntry, AllowReasonName, NetworkSource, NetworkState, Prefix } from '@scanward/daemon';
import type { ReadText } from '../system/proc.ts';
import { isDefaultRoute } from './default-interface.ts';
import type { HostNetwork, HostRoute } from './host-network.ts';
import { ephemeralPorts } from './ephemeral-ports.ts';
import { readResolvers } from './resolvers.ts';

/** Shorter prefixes without a gateway are routes into tunnels (2000::/3, 2002::/16), not wires with neighbours. */
const ONLINK_BITS_MIN = 48;

/** What the allowlist is made of, besides what the kernel says. */
export interface NetworkChoices {
  readonly allow: readonly Prefix[];
  readonly allowGateway: boolean;
  /** Found once, at the start: the session may end, its host stays the operator's. */
  readonly sshPeers: readonly Uint8Array[];
}

/** The network as it is now: read anew at each call, because addresses and routes change under a running daemon. */
export class HostNetworkSource implements NetworkSource {
  readonly #network: HostNetwork;
  readonly #readText: ReadText;
  #choices: NetworkChoices;

  constructor(network: HostNetwork, readText: ReadText, choices: NetworkChoices) {
    this.#network = network;
    this.#readText = readText;
    this.#choices = choices;
  }

  /** From now on these choices; who was in an SSH session stays. */
  choose(choices: Omit<NetworkChoices, 'sshPeers'>): void {
    this.#choices = { ...this.#choices, ...choices };
  }

  read(): NetworkState {
    const routes = this.#network.routes();
    const own = this.#network.addresses().map(({ address }) => address);
    const gateways = this.#choices.allowGateway ? routes.filter(isDefaultRoute).flatMap((route) => route.gateways) : [];
    const resolvers = readResolvers(this.#readText);
    return {
      allow: [
        ...hosts(own, 'own'),
        ...hosts(gateways, 'gateway'),
        ...hosts(resolvers, 'resolver'),
        ...hosts(this.#choices.sshPeers, 'ssh-peer'),
        ...this.#choices.allow.map((prefix) => ({ ...prefix, reason: 'operator' as const })),
      ],
      ephemeral: ephemeralPorts(this.#readText),
      onlink: distinct(routes.filter(isOnlinkIpv6).map(({ destination }) => destination)),
    };
  }
}

function hosts(addresses: readonly Uint8Array[], reason: AllowReasonName): AllowEntry[] {
  return distinct(addresses.map((address) => ({ address, bits: 128 }))).map((prefix) => ({ ...prefix, reason }));
}

function distinct(prefixes: readonly Prefix[]): Prefix[] {
  return [...new Map(prefixes.map((prefix) => [`${prefix.address.join()}/${prefix.bits}`, prefix])).values()];
}

/** A prefix whose hosts are neighbours. fe80::/10 is always taken whole and ff00::/8 is no source. */
function isOnlinkIpv6({ destination, gateways }: HostRoute): boolean {
  const { address, bits } = destination;
  const [first = 0, second = 0] = address;
  const linkLocal = first === 0xfe && (second & 0xc0) === 0x80;
  const mapped = address.subarray(0, 10).every((byte) => byte === 0) && address[10] === 0xff;
  return gateways.length === 0 && bits >= ONLINK_BITS_MIN && bits < 128 && !linkLocal && !mapped && first !== 0xff;
}
