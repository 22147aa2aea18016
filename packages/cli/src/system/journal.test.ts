import { expect, test } from 'vitest';
import { type FileIdentity, journalStreams } from './journal.ts';

const files: Record<number, FileIdentity> = { 1: { dev: 8n, ino: 99n }, 2: { dev: 9n, ino: 2n ** 63n } };
const identify = (fd: number) => files[fd]!;

test.each([
  [undefined, { stdout: false, stderr: false }],
  ['', { stdout: false, stderr: false }],
  ['8:99', { stdout: true, stderr: false }],
  ['9:9223372036854775808', { stdout: false, stderr: true }],
  ['9:9223372036854775807', { stdout: false, stderr: false }],
  ['9:99', { stdout: false, stderr: false }],
  [' 8:99', { stdout: false, stderr: false }],
  ['8:99:1', { stdout: false, stderr: false }],
])('JOURNAL_STREAM=%s', (value, streams) => {
  expect(journalStreams(value, identify)).toEqual(streams);
});

test('a stream that is closed is none', () => {
  const closed = () => {
    throw Object.assign(new Error('EBADF'), { code: 'EBADF' });
  };
  expect(journalStreams('8:99', closed)).toEqual({ stdout: false, stderr: false });
});
