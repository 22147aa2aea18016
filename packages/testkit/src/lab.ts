import { command } from './command.ts';
import { macText } from './mac.ts';
import { ipBatch, Namespace, removeNamespace } from './namespace.ts';

export interface LabOptions {
  /** Of every interface; default 1500. */
  readonly mtu?: number;
}

/** A host of the lab, with its addresses on `eth0`. */
export interface Host {
  readonly ns: Namespace;
  readonly ipv4: string;
  readonly ipv6: string;
  /** Hardware address of `eth0`. */
  readonly mac: Uint8Array;
  /** Where its frames to another network go. */
  readonly gatewayMac: Uint8Array;
}

/** Addresses of our own making (locally administered), so that nobody has to be asked for them. */
const mac = (kind: number, n: number): Uint8Array => Uint8Array.of(2, 0x53, 0x77, 0, kind, n);
const hostMac = (n: number): Uint8Array => mac(1, n);
const portMac = (n: number): Uint8Array => mac(2, n);
const SWITCH_MAC = mac(3, 0);

/** One end of a cable: its namespace, its name there, its hardware address. */
type End = readonly [namespace: string, device: string, mac: Uint8Array];

const veth = (mtu: number, [ns, device, own]: End, [peerNs, peer, peerMac]: End): string =>
  `link add ${device} mtu ${mtu} address ${macText(own)} netns ${ns} type veth ` +
  `peer name ${peer} mtu ${mtu} address ${macText(peerMac)} netns ${peerNs}`;

const addressed = (device: string, ipv4: string, ipv6: string): string[] => [
  `address add ${ipv4} dev ${device}`,
  `address add ${ipv6} dev ${device} nodad`,
];

let labs = 0;

/**
 * Hosts in network namespaces around one switch, which is a router too. On-link hosts share 10.77.0.0/24 and
 * fd77::/64; a routed host has a network of its own, 10.78.<n>.0/24 and 2001:db8:<n>::/64. Nothing touches the
 * machine's own network. `await using lab = await Lab.create()` removes it in all cases; what a killed run left is
 * swept by the next one.
 */
export class Lab implements AsyncDisposable {
  readonly #prefix = `scw-${process.pid}-${++labs}`;
  readonly #namespaces: Namespace[] = [];
  readonly #mtu: number;
  #switch!: Namespace;
  #hosts = 0;

  private constructor(options: LabOptions) {
    this.#mtu = options.mtu ?? 1500;
  }

  static async create(options: LabOptions = {}): Promise<Lab> {
    await sweepLabs();
    const lab = new Lab(options);
    try {
      await lab.#buildSwitch();
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  async #namespace(name: string): Promise<Namespace> {
    const ns = await Namespace.create(`${this.#prefix}-${name}`);
    this.#namespaces.push(ns);
    await ns.sysctl({
      'net.ipv6.conf.all.accept_ra': 0,
      'net.ipv6.conf.default.accept_ra': 0,
      'net.ipv6.conf.default.accept_dad': 0,
    });
    return ns;
  }

  async #buildSwitch(): Promise<void> {
    this.#switch = await this.#namespace('switch');
    await this.#switch.ipBatch([
      `link add br0 address ${macText(SWITCH_MAC)} type bridge forward_delay 0 stp_state 0 mcast_snooping 0`,
      `link set br0 up mtu ${this.#mtu}`,
      ...addressed('br0', '10.77.0.254/24', 'fd77::fe/64'),
    ]);
    await this.#switch.sysctl({ 'net.ipv4.ip_forward': 1, 'net.ipv6.conf.all.forwarding': 1 });
  }

  /** A new host at a port of the switch; `lines` are for the switch. */
  async #cable(name: string, n: number, lines: readonly string[]): Promise<Namespace> {
    const ns = await this.#namespace(name);
    await ipBatch([veth(this.#mtu, [ns.name, 'eth0', hostMac(n)], [this.#switch.name, `port${n}`, portMac(n)])]);
    await this.#switch.ipBatch([`link set port${n} up`, ...lines]);
    return ns;
  }

  /** A host on the common network. Its default route goes through the switch. */
  async host(name: string): Promise<Host> {
    const n = ++this.#hosts;
    const ns = await this.#cable(name, n, [`link set port${n} master br0`]);
    return this.#finish(ns, n, ['10.77.0', 'fd77:'], ['10.77.0.254', 'fd77::fe'], SWITCH_MAC);
  }

  /** A host behind the router: its IPv6 address is not on-link for the others. */
  async routedHost(name: string): Promise<Host> {
    const n = ++this.#hosts;
    const [net4, net6] = [`10.78.${n}`, `2001:db8:${n}:`] as const;
    const ns = await this.#cable(name, n, addressed(`port${n}`, `${net4}.254/24`, `${net6}:fe/64`));
    return this.#finish(ns, 1, [net4, net6], [`${net4}.254`, `${net6}:fe`], portMac(n), hostMac(n));
  }

  async #finish(
    ns: Namespace,
    n: number,
    [net4, net6]: readonly [string, string],
    [gateway4, gateway6]: readonly [string, string],
    gatewayMac: Uint8Array,
    mac = hostMac(n),
  ): Promise<Host> {
    const [ipv4, ipv6] = [`${net4}.${n}`, `${net6}:${n}`];
    await ns.ipBatch([
      'link set eth0 up',
      ...addressed('eth0', `${ipv4}/24`, `${ipv6}/64`),
      `route add default via ${gateway4}`,
      `route add ::/0 via ${gateway6}`,
    ]);
    return { ns, ipv4, ipv6, mac, gatewayMac };
  }

  /** Removes every namespace and what runs inside. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const ns of this.#namespaces.splice(0).reverse()) await ns.remove();
  }
}

/** Two hosts with one cable between them and nothing else: a frame that was sent has arrived. */
export async function createPair(
  options: LabOptions = {},
): Promise<AsyncDisposable & { victim: Host; attacker: Host }> {
  await sweepLabs();
  const prefix = `scw-${process.pid}-${++labs}`;
  const names = [`${prefix}-victim`, `${prefix}-attacker`] as const;
  const dispose = async (): Promise<void> => {
    for (const name of names) await removeNamespace(name);
  };
  try {
    const ends = names.map((name, i) => [name, 'eth0', hostMac(i + 1)] as const) as [End, End];
    await ipBatch([...names.map((name) => `netns add ${name}`), veth(options.mtu ?? 1500, ...ends)]);
    const host = async (n: 1 | 2): Promise<Host> => {
      const ns = Namespace.of(names[n - 1]!);
      const [ipv4, ipv6] = [`10.77.0.${n}`, `fd77::${n}`];
      await ns.ipBatch(['link set lo up', 'link set eth0 up', ...addressed('eth0', `${ipv4}/24`, `${ipv6}/64`)]);
      return { ns, ipv4, ipv6, mac: hostMac(n), gatewayMac: hostMac(3 - n) };
    };
    return { victim: await host(1), attacker: await host(2), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Removes the namespaces of test processes that are gone. */
export async function sweepLabs(): Promise<void> {
  const { stdout } = await command('ip', ['netns', 'list']);
  for (const line of stdout.split('\n')) {
    const [, name, pid] = /^(scw-(\d+)-\S+)/.exec(line) ?? [];
    if (name && pid && !alive(Number(pid))) await removeNamespace(name);
  }
}
