import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNoLeaks } from '../test/leaks.ts';
import { isBpfFs } from './bpf-fs.ts';
import { MapType } from './kernel/uapi.ts';
import { lockDirectory } from './lock.ts';
import { BpfMap } from './maps/bpf-map.ts';
import { raiseMemlock } from './memlock.ts';
import { BpfProgram } from './programs/bpf-program.ts';
import { passProgram } from './programs/trivial.ts';

raiseMemlock();
expectNoLeaks();

const folder = mkdtempSync(join(tmpdir(), 'scanward-bpffs-'));
beforeAll(() => execFileSync('mount', ['-t', 'bpf', 'bpf', folder]));
afterAll(() => {
  execFileSync('umount', [folder]);
  rmdirSync(folder);
});

test('a BPF file system is told from another', () => {
  expect([folder, tmpdir(), join(folder, 'none')].map(isBpfFs)).toEqual([true, false, false]);
});

test('a lock of a folder there keeps others out until it is closed', () => {
  const first = lockDirectory(folder)!;
  expect(lockDirectory(folder)).toBeUndefined();
  first.close();
  using second = lockDirectory(folder);
  expect(second).toBeDefined();
});

test('a killed process holds no lock', async () => {
  const holder = spawn('flock', ['-n', '--no-fork', folder, 'sh', '-c', 'echo held; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(holder.stdout, 'data');
  expect(lockDirectory(folder)).toBeUndefined();
  holder.kill('SIGKILL');
  await once(holder, 'close');
  using lock = lockDirectory(folder);
  expect(lock).toBeDefined();
});

test('what pins are built on: folders move with their pins, a pin takes the place of another, times can be set', () => {
  const map = BpfMap.create({ name: 'kept', type: MapType.ARRAY, keySize: 4, valueSize: 4, maxEntries: 1 });
  const other = BpfMap.create({ name: 'other', type: MapType.ARRAY, keySize: 4, valueSize: 4, maxEntries: 1 });
  const [partial, whole] = [join(folder, 'partial'), join(folder, 'whole')];
  mkdirSync(partial, { mode: 0o700 });
  map.pin(join(partial, 'map'));
  renameSync(partial, whole);
  expect(existsSync(partial)).toBe(false);
  other.pin(join(whole, 'map-new'));
  renameSync(join(whole, 'map-new'), join(whole, 'map'));
  const opened = BpfMap.open(join(whole, 'map'));
  expect(opened.name).toBe('other');
  utimesSync(whole, 1_000, 1_000.25);
  expect(statSync(whole).mtimeMs).toBe(1_000_250);
  expect(() => map.pin(join(whole, 'eth0.100'))).toThrow(expect.objectContaining({ code: 'EPERM' }));
  map.pin(join(whole, 'eth0%2e100'));
  unlinkSync(join(whole, 'eth0%2e100'));
  unlinkSync(join(whole, 'map'));
  rmdirSync(whole);
  for (const each of [opened, map, other]) each.close();
});

test('a program says when it was loaded', () => {
  const load = () => BpfProgram.load({ name: 'pass', instructions: passProgram() });
  const [first, second] = [load(), load()];
  expect(first.info().loadTimeNs).toBeGreaterThan(0n);
  expect(second.info().loadTimeNs).toBeGreaterThan(first.info().loadTimeNs);
  first.close();
  second.close();
});
