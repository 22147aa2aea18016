import { expect, it } from 'vitest';
import { ephemeralPorts } from './ephemeral-ports.ts';

const RANGE = '/proc/sys/net/ipv4/ip_local_port_range';
const read = (files: Record<string, string>) => ephemeralPorts((path) => files[path]);

it("are the kernel's", () => {
  expect(read({ [RANGE]: '10000\t20000\n' })).toEqual({ first: 10_000, last: 20_000 });
});

it.each([{}, { [RANGE]: '' }, { [RANGE]: 'all of them' }])("are Linux's default where nobody says", (files) => {
  expect(read(files)).toEqual({ first: 32_768, last: 60_999 });
});

it.each(['/proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv6/conf/all/forwarding'])(
  'are all that a masquerading host may use while %s',
  (path) => {
    expect(read({ [RANGE]: '32768\t60999\n', [path]: '1\n' })).toEqual({ first: 1_024, last: 65_535 });
    expect(read({ [RANGE]: '500\t999\n', [path]: '1\n' })).toEqual({ first: 500, last: 65_535 });
    expect(read({ [RANGE]: '32768\t60999\n', [path]: '0\n' })).toEqual({ first: 32_768, last: 60_999 });
  },
);
