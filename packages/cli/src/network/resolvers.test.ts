import { formatAddress } from '@scanward/daemon';
import { expect, test } from 'vitest';
import { parseResolvers } from './resolvers.ts';

test('name servers, and nothing else', () => {
  const text = [
    '# nameserver 192.0.2.1',
    'search example.org',
    'nameserver 192.0.2.53',
    '  nameserver\t2001:db8::53   # office',
    'nameserver fe80::1%eth0',
    'nameserver',
    'nameserver localhost',
    'nameserver 192.0.2.54;',
    'nameservers 192.0.2.55',
  ].join('\n');
  expect(parseResolvers(text).map((address) => formatAddress(address))).toEqual([
    '192.0.2.53',
    '2001:db8::53',
    'fe80::1',
    '192.0.2.54',
  ]);
  expect(parseResolvers('')).toEqual([]);
});
