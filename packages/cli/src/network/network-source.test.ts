import { formatPrefix } from '@scanward/daemon';
import { expect, test } from 'vitest';
import { parseAddress, parsePrefix } from '../flags/prefix.ts';
import { defaultInterface } from './default-interface.ts';
import type { HostNetwork, HostRoute } from './host-network.ts';
import { HostNetworkSource } from './network-source.ts';

const address = (text: string) => parseAddress(text)!;
const prefix = (text: string) =>
  text === '0.0.0.0/0'
    ? { address: address('0.0.0.0'), bits: 96 }
    : text === '::/0'
      ? { address: address('::'), bits: 0 }
      : parsePrefix(text);
const route = (destination: string, ifindex: number, gateways: string[] = [], metric = 0): HostRoute => ({
  destination: prefix(destination),
  gateways: gateways.map(address),
  ifindex,
  metric,
});

const routes = [
  route('0.0.0.0/0', 3, ['10.0.0.1'], 100),
  route('0.0.0.0/0', 2, ['10.0.1.1', '10.0.1.2'], 50),
  route('10.0.0.0/24', 2),
  route('192.0.2.0/24', 2, ['10.0.1.9']),
  route('::/0', 4, ['fe80::1'], 1),
  route('2001:db8:1::/64', 2),
  route('2001:db8:1::/64', 3),
  route('2001:db8:2::/48', 2, ['fe80::2']),
  route('2001:db8:1::7', 2),
  route('fe80::/64', 2),
  route('ff00::/8', 2),
  route('2000::/3', 3),
  route('2002::/16', 3),
  route('2001:db8:3::/48', 2),
];
const links = ['lo', 'eth0', 'eth1', 'eth2'].map((name, i) => ({ ifindex: i + 1, name, up: true }));
const network = (given: HostRoute[]): HostNetwork => ({
  addresses: () =>
    ['127.0.0.1', '10.0.0.5', '10.0.0.5', '2001:db8:1::5'].map((text) => ({ ifindex: 1, address: address(text) })),
  routes: () => given,
  links: () => links,
});
const resolvConf = (path: string) => (path === '/etc/resolv.conf' ? 'nameserver 192.0.2.53\n' : undefined);
const read = (choices: Partial<ConstructorParameters<typeof HostNetworkSource>[2]> = {}) =>
  new HostNetworkSource(network(routes), resolvConf, {
    allow: [],
    allowGateway: true,
    sshPeers: [],
    ...choices,
  }).read();
const written = (entries: readonly { address: Uint8Array; bits: number; reason: string }[]) =>
  entries.map((entry) => `${formatPrefix(entry.address, entry.bits)} ${entry.reason}`);

test("own addresses, gateways, resolvers, SSH peer and the operator's", () => {
  const choices = { allow: [parsePrefix('198.51.100.0/24')], sshPeers: [address('192.0.2.9')] };
  expect(written(read(choices).allow)).toEqual([
    '127.0.0.1 own',
    '10.0.0.5 own',
    '2001:db8:1::5 own',
    '10.0.0.1 gateway',
    '10.0.1.1 gateway',
    '10.0.1.2 gateway',
    'fe80::1 gateway',
    '192.0.2.53 resolver',
    '192.0.2.9 ssh-peer',
    '198.51.100.0/24 operator',
  ]);
});

test('behind the stub of systemd-resolved stand the servers that it asks', () => {
  const files: Record<string, string> = {
    '/etc/resolv.conf': 'nameserver 127.0.0.53\noptions edns0\n',
    '/run/systemd/resolve/resolv.conf': 'nameserver 192.0.2.53\nnameserver 2001:db8::53\n',
  };
  const choices = { allow: [], allowGateway: false, sshPeers: [] };
  const resolvers = () =>
    written(new HostNetworkSource(network([]), (path) => files[path], choices).read().allow).filter((line) =>
      line.endsWith(' resolver'),
    );
  expect(resolvers()).toEqual(['127.0.0.53 resolver', '192.0.2.53 resolver', '2001:db8::53 resolver']);
  files['/etc/resolv.conf'] = 'nameserver 198.51.100.53\n';
  expect(resolvers()).toEqual(['198.51.100.53 resolver']);
  delete files['/etc/resolv.conf'];
  expect(resolvers()).toEqual([]);
});

test('gateways only if they are to be allowed', () => {
  expect(written(read({ allowGateway: false }).allow).filter((line) => line.includes('gateway'))).toEqual([]);
});

test('on-link are IPv6 prefixes without a gateway; link-local, multicast, hosts and routes into tunnels are none', () => {
  expect(read().onlink.map(({ address: bytes, bits }) => formatPrefix(bytes, bits))).toEqual([
    '2001:db8:1::/64',
    '2001:db8:3::/48',
  ]);
});

test('the interface of the default route: IPv4 first, then the smallest metric', () => {
  expect(defaultInterface(network(routes))).toBe('eth0');
  expect(defaultInterface(network([route('::/0', 4, ['fe80::1'])]))).toBe('eth2');
  expect(defaultInterface(network([route('10.0.0.0/24', 2)]))).toBeUndefined();
  expect(defaultInterface(network([]))).toBeUndefined();
});
