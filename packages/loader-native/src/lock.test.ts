import { expect, test } from 'vitest';
import { lockDirectory } from './lock.ts';
import { FakeSys } from './testing/fake-sys.ts';

const folder = '/sys/fs/bpf/scanward';

function fake(): FakeSys {
  const sys = new FakeSys();
  sys.folders.add(folder);
  return sys;
}

test('one holds it at a time, and closing gives it to the next', () => {
  const sys = fake();
  const first = lockDirectory(folder, sys)!;
  expect(lockDirectory(folder, sys)).toBeUndefined();
  expect(sys.open.size).toBe(1);
  first.close();
  first.close();
  using second = lockDirectory(folder, sys);
  expect(second).toBeDefined();
});

test('a folder that is not there is named', () => {
  expect(() => lockDirectory('/none', fake())).toThrow(
    expect.objectContaining({ name: 'LockError', code: 'ENOENT', path: '/none' }),
  );
});

test('a refusal of flock leaves nothing open', () => {
  const sys = Object.assign(fake(), { flock: () => -5 });
  expect(() => lockDirectory(folder, sys)).toThrow(expect.objectContaining({ code: 'EIO' }));
  expect(sys.open.size).toBe(0);
});
