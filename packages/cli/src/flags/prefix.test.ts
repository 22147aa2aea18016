import { formatPrefix } from '@scanward/daemon';
import { expect, test } from 'vitest';
import { parsePrefix } from './prefix.ts';

test.each([
  ['192.0.2.7', '192.0.2.7', 128],
  ['192.0.2.0/24', '192.0.2.0/24', 120],
  ['192.0.2.7/32', '192.0.2.7', 128],
  ['10.0.0.0/8', '10.0.0.0/8', 104],
  ['2001:db8::7', '2001:db8::7', 128],
  ['2001:DB8:0:0::/32', '2001:db8::/32', 32],
  ['::1', '::1', 128],
  ['::ffff:192.0.2.7', '192.0.2.7', 128],
  ['::ffff:192.0.2.0/120', '192.0.2.0/24', 120],
])('%s is %s with %d bits', (text, written, bits) => {
  const prefix = parsePrefix(text);
  expect(prefix.address).toHaveLength(16);
  expect(prefix.bits).toBe(bits);
  expect(formatPrefix(prefix.address, prefix.bits)).toBe(written);
});

test.each([
  ['010.0.0.1', 'not an address'],
  ['1.2.3', 'not an address'],
  ['1.2.3.4.5', 'not an address'],
  ['256.0.0.1', 'not an address'],
  ['0x7f.0.0.1', 'not an address'],
  ['2130706433', 'not an address'],
  ['::ffff:010.0.0.1', 'not an address'],
  ['example.org', 'not an address'],
  ['', 'not an address'],
  ['/24', 'not an address'],
  ['10.0.0.0/8/8', 'not an address'],
  ['2001:db8:::1', 'not an address'],
  ['fe80::1%eth0', "leave out '%eth0'"],
  ['10.0.0.0/33', 'bad prefix length: it must be from 0 to 32'],
  ['10.0.0.0/', 'bad prefix length'],
  ['10.0.0.0/08', 'bad prefix length'],
  ['10.0.0.0/-1', 'bad prefix length'],
  ['2001:db8::/129', 'bad prefix length: it must be from 0 to 128'],
  ['10.1.2.3/8', 'write 10.0.0.0/8 (the network) or 10.1.2.3 (the host)'],
  ['2001:db8::1/64', 'write 2001:db8::/64 (the network) or 2001:db8::1 (the host)'],
  ['0.0.0.0/0', 'say --response log'],
  ['::/0', 'say --response log'],
  ['::/16', 'say --response log'],
])('%j is refused: %s', (text, message) => {
  expect(() => parsePrefix(text)).toThrow(message);
});
