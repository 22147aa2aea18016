import { expect, test } from 'vitest';
import { explainRefusal } from './explain-refusal.ts';
import { DEFAULT_WHERE, type MetricsWhere } from './where.ts';

const other: MetricsWhere = { kind: 'tcp', address: '192.0.2.1', port: 80 };
const socket: MetricsWhere = { kind: 'unix', path: '/x' };

test.each([
  ['EADDRINUSE', DEFAULT_WHERE, 'the port is in use'],
  ['EADDRINUSE', socket, 'another process listens there'],
  ['EADDRNOTAVAIL', DEFAULT_WHERE, 'the loopback interface is down'],
  ['EADDRNOTAVAIL', { ...other, address: '::1' }, 'the loopback interface is down'],
  ['EADDRNOTAVAIL', other, 'it is no address of this host'],
  ['EACCES', other, 'this process may not use ports below 1024'],
  ['EACCES', socket, 'this process may not write there'],
  ['ENOTSOCK', socket, 'it is there, and no socket'],
  ['ENOENT', socket, 'there is no such folder'],
  ['EAFNOSUPPORT', other, 'this kernel has no such addresses'],
  ['EMFILE', other, 'EMFILE'],
] as const)('%s', (code, where, text) => {
  expect(explainRefusal(Object.assign(new Error('x'), { code }), where)).toBe(text);
});

test('an error without a code says what it is', () => {
  expect(explainRefusal(new Error('odd'), socket)).toBe('odd');
  expect(explainRefusal('odd', socket)).toBe('odd');
});
