import fc from 'fast-check';
import { expect, test } from 'vitest';
import { whereText } from '../metrics/where.ts';
import { parseMetricsWhere } from './metrics-where.ts';

test.each([
  ['127.0.0.1:9464', { kind: 'tcp', address: '127.0.0.1', port: 9_464 }],
  ['0.0.0.0:0', { kind: 'tcp', address: '0.0.0.0', port: 0 }],
  ['[::1]:65535', { kind: 'tcp', address: '::1', port: 65_535 }],
  ['unix:/run/x.sock', { kind: 'unix', path: '/run/x.sock' }],
  ['off', 'off'],
])('%s', (text, where) => {
  expect(parseMetricsWhere(text)).toEqual(where);
});

test.each([
  ['', 'is not a place'],
  ['9464', 'is not a place'],
  [':9464', 'is not a place'],
  ['127.0.0.1', 'is not a place'],
  ['localhost:9464', 'is not a place'],
  ['127.0.0.01:9464', 'is not a place'],
  ['::1:9464', 'is not a place'],
  ['[127.0.0.1]:9464', 'is not a place'],
  ['[fe80::1%eth0]:9464', 'is not a place'],
  ['127.0.0.1:65536', '65536'],
  ['127.0.0.1:-1', 'is not a place'],
  ['OFF', 'is not a place'],
  ['unix:', 'names no socket'],
  ['unix:metrics.sock', 'names no socket'],
  ['unix:/run/', 'names no socket'],
  [`unix:/${'é'.repeat(54)}`, 'has 109 bytes'],
])("'%s' is refused", (text, why) => {
  expect(() => parseMetricsWhere(text)).toThrow(why);
});

test('what was read is written as it can be read again', () => {
  const tcp = fc.record({
    kind: fc.constant('tcp' as const),
    address: fc.oneof(fc.ipV4(), fc.ipV6()),
    port: fc.nat(65_535),
  });
  const unix = fc.record({ kind: fc.constant('unix' as const), path: fc.stringMatching(/^\/[\w/.]{0,99}\w$/) });
  fc.assert(
    fc.property(fc.oneof(tcp, unix), (where) => {
      expect(parseMetricsWhere(whereText(where))).toEqual(where);
    }),
  );
});
