import { ExitCode } from '../exit-codes.ts';
import { xdpOf } from './drivers.ts';
import type { Facts, InterfaceFacts, LinkFacts } from './facts.ts';
import { type Finding, missing, ok, refused, unseen, warning } from './finding.ts';

/** What a page holds beside the headroom of XDP and the kernel's own notes on the packet. */
const ONE_BUFFER = 3_498;

export function checkInterfaces(facts: Pick<Facts, 'interfaces' | 'release' | 'instance'>): Finding[] {
  const { interfaces } = facts;
  if ('unseen' in interfaces) return [unseen('interfaces', interfaces)];
  if ('refusal' in interfaces) return [refused('interfaces', interfaces.refusal)];
  return interfaces.value.flatMap((each) =>
    checkInterface(each, facts).map((finding) => ({ ...finding, interface: each.name })),
  );
}

function checkInterface(
  { name, link, near }: InterfaceFacts,
  { release, instance }: Pick<Facts, 'release' | 'instance'>,
): Finding[] {
  if (!link) {
    const todo = near === undefined ? 'name one that is there with -i' : `did you mean ${near}?`;
    return [missing('link', ExitCode.interface, 'no such interface', todo)];
  }
  return [
    checkUp(name, link),
    checkMode(name, link, release),
    ...checkMtu(name, link, release),
    ...checkOffloads(name, link),
    checkPrograms(name, link, instance),
  ];
}

function checkUp(name: string, { up }: LinkFacts): Finding {
  if (up) return ok('link', 'up');
  return warning(
    'link',
    'down: it shows no packets, and some drivers take XDP only while up',
    `ip link set ${name} up`,
  );
}

/** What to ask the list of drivers for: links that are no hardware have a kind, and most of them no driver. */
const driverOf = ({ driver, kind }: LinkFacts): string | undefined => driver ?? kind;

function checkMode(name: string, link: LinkFacts, release: string): Finding {
  const driver = driverOf(link);
  if (link.loopback) return ok('XDP mode', 'generic: it is the loopback');
  if (driver === undefined) {
    const found = 'not known: its driver is not to be seen here';
    return warning('XDP mode', found, `look on the host, with ethtool -i ${name}`);
  }
  if (xdpOf(driver, release).native) return ok('XDP mode', `native, by its driver's name (${driver})`);
  const found = `generic, by its driver's name (${driver}): it works, and costs more a packet`;
  const todo =
    link.kind === undefined
      ? 'if load matters, use a card with native XDP'
      : 'if load matters, watch the interface beneath it';
  return warning('XDP mode', found, todo);
}

function checkMtu(name: string, link: LinkFacts, release: string): Finding[] {
  const driver = driverOf(link);
  const { native, frags } = driver === undefined ? { native: false, frags: false } : xdpOf(driver, release);
  if (!native || link.loopback) return [];
  if (frags || link.mtu <= ONE_BUFFER) return [ok('MTU', String(link.mtu))];
  const found = `${link.mtu}: by its name this driver has native XDP for about ${ONE_BUFFER} at most`;
  return [warning('MTU', found, `ip link set ${name} mtu ${ONE_BUFFER} (or less), or --xdp generic`)];
}

const offloads = ['large-receive-offload', 'rx-gro-hw'] as const;
const flags = { 'large-receive-offload': 'lro', 'rx-gro-hw': 'rx-gro-hw' } as const;

/** Packets that the card has joined are none that came: drivers refuse native XDP with these on. */
function checkOffloads(name: string, { offloads: text, kind, loopback }: LinkFacts): Finding[] {
  if (kind !== undefined || loopback) return [];
  if (text === undefined) return [warning('LRO, GRO-HW', 'not looked at: no answer from ethtool', 'install ethtool')];
  const on = offloads.filter((offload) => new RegExp(`^\\s*${offload}: on\\b`, 'm').test(text));
  if (on.length === 0) return [ok('LRO, GRO-HW', 'off')];
  const todo = `ethtool -K ${name} ${on.map((offload) => `${flags[offload]} off`).join(' ')}`;
  return [warning('LRO, GRO-HW', `${on.join(', ')} on: drivers may refuse native XDP`, todo)];
}

/** A start refuses to take another's place, but for one of its own instance. */
function checkPrograms(name: string, { xdp, watcher }: LinkFacts, instance: string): Finding {
  if (xdp.length === 0) return ok('XDP program', 'none is attached');
  const programs = xdp.map(({ programId, mode }) => `id ${programId}, ${mode}`).join('; ');
  if ('unseen' in watcher) {
    return warning('XDP program', `whose it is (${programs}) was not looked at: ${watcher.unseen}`, watcher.remedy);
  }
  if ('refusal' in watcher) return refused('XDP program', watcher.refusal);
  const { value: found } = watcher;
  if (!found) {
    const todo = `take it off (ip link set ${name} xdp off), or say --replace`;
    return missing('XDP program', ExitCode.foreignProgram, `another program is attached (${programs})`, todo);
  }
  const pid = found.pid === undefined ? 'no daemon' : `pid ${found.pid}`;
  const watched = `instance ${found.name} watches it (${pid}; ${programs})`;
  if (found.name === instance) return ok('XDP program', watched);
  const todo = `stop that one, or scanward detach --name ${found.name}`;
  return missing('XDP program', ExitCode.foreignProgram, watched, todo);
}
