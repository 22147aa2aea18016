import { command } from './command.ts';
import { Namespace, removeNamespace } from './namespace.ts';

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
    await this.#switch.ip(
      'link',
      'add',
      'br0',
      'type',
      'bridge',
      'forward_delay',
      '0',
      'stp_state',
      '0',
      'mcast_snooping',
      '0',
    );
    await this.#switch.ip('link', 'set', 'br0', 'up', 'mtu', String(this.#mtu));
    await this.#address(this.#switch, 'br0', '10.77.0.254/24', 'fd77::fe/64');
    await this.#switch.sysctl({ 'net.ipv4.ip_forward': 1, 'net.ipv6.conf.all.forwarding': 1 });
  }

  async #address(ns: Namespace, device: string, ipv4: string, ipv6: string): Promise<void> {
    await ns.ip('address', 'add', ipv4, 'dev', device);
    await ns.ip('address', 'add', ipv6, 'dev', device, 'nodad');
  }

  async #cable(name: string, port: string): Promise<Namespace> {
    const ns = await this.#namespace(name);
    const mtu = String(this.#mtu);
    const peer = ['peer', 'name', port, 'netns', this.#switch.name, 'mtu', mtu];
    await command('ip', ['link', 'add', 'eth0', 'mtu', mtu, 'netns', ns.name, 'type', 'veth', ...peer]);
    await this.#switch.ip('link', 'set', port, 'up');
    return ns;
  }

  /** A host on the common network. Its default route goes through the switch. */
  async host(name: string): Promise<Host> {
    const n = ++this.#hosts;
    const port = `port${n}`;
    const ns = await this.#cable(name, port);
    await this.#switch.ip('link', 'set', port, 'master', 'br0');
    return this.#finish(ns, `10.77.0.${n}`, `fd77::${n}`, '10.77.0.254', 'fd77::fe', 'br0');
  }

  /** A host behind the router: its IPv6 address is not on-link for the others. */
  async routedHost(name: string): Promise<Host> {
    const n = ++this.#hosts;
    const port = `port${n}`;
    const ns = await this.#cable(name, port);
    await this.#address(this.#switch, port, `10.78.${n}.254/24`, `2001:db8:${n}::fe/64`);
    return this.#finish(ns, `10.78.${n}.1`, `2001:db8:${n}::1`, `10.78.${n}.254`, `2001:db8:${n}::fe`, port);
  }

  async #finish(
    ns: Namespace,
    ipv4: string,
    ipv6: string,
    gateway4: string,
    gateway6: string,
    port: string,
  ): Promise<Host> {
    await ns.ip('link', 'set', 'eth0', 'up');
    await this.#address(ns, 'eth0', `${ipv4}/24`, `${ipv6}/64`);
    await ns.ip('route', 'add', 'default', 'via', gateway4);
    await ns.ip('-6', 'route', 'add', 'default', 'via', gateway6);
    return { ns, ipv4, ipv6, mac: await ns.mac(), gatewayMac: await this.#switch.mac(port) };
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
  const mtu = String(options.mtu ?? 1500);
  const names = [`${prefix}-victim`, `${prefix}-attacker`] as const;
  const dispose = async (): Promise<void> => {
    for (const name of names) await removeNamespace(name);
  };
  try {
    const [a, b] = [await Namespace.create(names[0]), await Namespace.create(names[1])];
    const peer = ['peer', 'name', 'eth0', 'netns', b.name, 'mtu', mtu];
    await command('ip', ['link', 'add', 'eth0', 'mtu', mtu, 'netns', a.name, 'type', 'veth', ...peer]);
    const macs = [await a.mac(), await b.mac()] as const;
    const addressed = async (ns: Namespace, n: 0 | 1): Promise<Host> => {
      const [ipv4, ipv6] = [`10.77.0.${n + 1}`, `fd77::${n + 1}`];
      await ns.ip('link', 'set', 'eth0', 'up');
      await ns.ip('address', 'add', `${ipv4}/24`, 'dev', 'eth0');
      await ns.ip('address', 'add', `${ipv6}/64`, 'dev', 'eth0', 'nodad');
      return { ns, ipv4, ipv6, mac: macs[n], gatewayMac: macs[1 - n]! };
    };
    return { victim: await addressed(a, 0), attacker: await addressed(b, 1), [Symbol.asyncDispose]: dispose };
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
