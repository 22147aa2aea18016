import { formatAddress } from '@scanward/daemon';
import { expect, test } from 'vitest';
import { findSshPeers } from './ssh-peer.ts';

const proc = (files: Record<string, string>) => (path: string) => files[path];
const find = (environment: Record<string, string>, files: Record<string, string> = {}) => {
  return findSshPeers(environment, 40, proc(files)).map((peer) => formatAddress(peer));
};

test('the own environment comes first', () => {
  expect(find({ SSH_CONNECTION: '192.0.2.9 52000 10.0.0.5 22' })).toEqual(['192.0.2.9']);
  expect(find({ SSH_CLIENT: '2001:db8::9 52000 22' })).toEqual(['2001:db8::9']);
  expect(find({ SSH_CONNECTION: 'fe80::9%eth0 52000 fe80::1%eth0 22' })).toEqual(['fe80::9']);
});

test('through sudo: the environment of a parent, whatever the parents are called', () => {
  const files = {
    '/proc/40/stat': '40 (node) S 30 40 40',
    '/proc/30/stat': '30 (sudo) S 20 30 30',
    '/proc/30/environ': 'PATH=/bin\0SUDO_USER=me\0',
    '/proc/20/stat': '20 (a) (b) S 1) S 10 20 20',
    '/proc/20/environ': 'NOT_SSH_CONNECTION=192.0.2.1 1 2 3\0SSH_CONNECTION=192.0.2.9 52000 10.0.0.5 22\0',
  };
  expect(find({}, files)).toEqual(['192.0.2.9']);
});

test('a stale session in between hides nobody: each peer on the way up counts, once', () => {
  const files = {
    '/proc/40/stat': '40 (node) S 30 40 40',
    '/proc/30/stat': '30 (tmux) S 20 30 30',
    '/proc/30/environ': 'SSH_CONNECTION=192.0.2.9 52000 10.0.0.5 22\0',
    '/proc/20/stat': '20 (sshd) S 1 20 20',
    '/proc/20/environ': 'SSH_CONNECTION=198.51.100.7 52000 10.0.0.5 22\0',
  };
  expect(find({ SSH_CONNECTION: '192.0.2.9 52000 10.0.0.5 22' }, files)).toEqual(['192.0.2.9', '198.51.100.7']);
});

test('none is found where there is none', () => {
  expect(find({})).toEqual([]);
  expect(find({ SSH_CONNECTION: '' })).toEqual([]);
  expect(find({ SSH_CONNECTION: 'UNKNOWN 65535 UNKNOWN 65535' })).toEqual([]);
});

test('a /proc that turns in a circle ends', () => {
  expect(find({}, { '/proc/40/stat': '40 (x) S 41 0', '/proc/41/stat': '41 (y) S 40 0' })).toEqual([]);
});
