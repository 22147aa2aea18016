import { listLinks, type NetworkLink } from '@scanward/loader-native';
import { execFileSync } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { DoctorOptions } from '../doctor/doctor.ts';
import type { InterfaceFacts, LinkFacts, Looked } from '../doctor/facts.ts';
import { ExitCode } from '../exit-codes.ts';
import { nearest } from '../nearest.ts';
import { defaultInterface } from '../network/default-interface.ts';
import { OperatorError } from '../operator-error.ts';
import { watcherOf } from '../pins/link-pins.ts';
import { DEFAULT_BPFFS } from '../pins/place.ts';
import { nativeNetwork } from './native-network.ts';

/** Reads what only some may read. */
export type Look = <T>(read: () => T) => Looked<T>;

/** The interfaces that were asked for, or that of the default route. @throws OperatorError if there is none */
export function interfaceFacts({ interfaces, place }: DoctorOptions, look: Look): InterfaceFacts[] {
  const links = listLinks();
  return (interfaces.length > 0 ? interfaces : [ofDefaultRoute()]).map((name) => {
    const link = links.find((each) => each.name === name);
    if (link) return { name, link: linkFacts(link, place.bpffs ?? DEFAULT_BPFFS, look) };
    const names = links.map((each) => each.name);
    return { name, link: undefined, near: nearest(name, names) };
  });
}

function ofDefaultRoute(): string {
  const name = defaultInterface(nativeNetwork);
  if (name !== undefined) return name;
  throw new OperatorError(ExitCode.interface, 'looking', 'there is no default route: name an interface with -i');
}

function linkFacts({ index, name, up, loopback, mtu, kind, xdp }: NetworkLink, bpffs: string, look: Look): LinkFacts {
  const driver = driverOf(name);
  const offloads = driver === undefined ? undefined : offloadsOf(name);
  return { up, loopback, mtu, kind, xdp, driver, offloads, watcher: look(() => watcherOf(bpffs, index)) };
}

/** Of hardware, as sysfs shows it. */
function driverOf(name: string): string | undefined {
  try {
    return basename(readlinkSync(`/sys/class/net/${name}/device/driver`));
  } catch {
    return undefined;
  }
}

const ETHTOOL = ['/usr/sbin/ethtool', '/sbin/ethtool', '/usr/bin/ethtool'];
const PATIENCE_MS = 2_000;

/** The kernel tells these by ioctl alone, for which the addon has no call. */
function offloadsOf(name: string): string | undefined {
  const ethtool = ETHTOOL.find((path) => existsSync(path));
  if (ethtool === undefined) return undefined;
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    return execFileSync(ethtool, ['-k', name], { timeout: PATIENCE_MS, encoding: 'utf8', stdio });
  } catch {
    return undefined;
  }
}
