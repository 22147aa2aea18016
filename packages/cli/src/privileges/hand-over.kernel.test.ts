import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { handOver } from './hand-over.ts';

const USER = { name: 'nobody', uid: 65_534, gid: 65_534 };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scanward-hand-over-'));
  chmodSync(root, 0o755);
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const give = (folder: string, isHis: (name: string) => boolean = () => true) => {
  handOver({ folder, isHis, isOurs: (name) => name === 'dmz' }, USER);
};
const owner = (path: string) => lstatSync(path).uid;

test('a folder that is not there is made, for him alone', () => {
  const folder = join(root, 'state');
  give(folder);
  const { uid, gid, mode } = statSync(folder);
  expect({ uid, gid, mode: mode & 0o777 }).toEqual({ uid: USER.uid, gid: USER.gid, mode: 0o700 });
});

test('of one that root used before he gets what is his', () => {
  const folder = join(root, 'bpffs');
  mkdirSync(folder, { mode: 0o700 });
  mkdirSync(join(folder, 'default', 'maps'), { recursive: true });
  mkdirSync(join(folder, 'dmz'));
  writeFileSync(join(folder, 'default', 'maps', 'allow'), '');
  give(folder, (name) => name === 'default');
  for (const his of ['', 'default', 'default/maps', 'default/maps/allow'])
    expect(owner(join(folder, his))).toBe(USER.uid);
  expect(owner(join(folder, 'dmz'))).toBe(0);
});

describe('a user who has become an attacker gets nothing of root', () => {
  const victim = () => {
    const path = join(root, 'of-root');
    mkdirSync(path);
    writeFileSync(join(path, 'state.json'), 'secret', { mode: 0o600 });
    return path;
  };
  const hisFolder = () => {
    const path = join(root, 'his');
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, USER.uid, USER.gid);
    return path;
  };

  test('by a link in the place of a folder', () => {
    const path = victim();
    symlinkSync(path, join(root, 'link'));
    expect(() => {
      give(join(root, 'link'));
    }).toThrow();
    expect([owner(path), owner(join(path, 'state.json'))]).toEqual([0, 0]);
  });

  test('by a link or a second name in his folder, where only what root wrote there becomes his', () => {
    const [path, his] = [victim(), hisFolder()];
    symlinkSync(join(path, 'state.json'), join(his, 'link'));
    symlinkSync(path, join(his, 'folder'));
    linkSync(join(path, 'state.json'), join(his, 'second'));
    writeFileSync(join(his, 'state.json'), 'of a command');
    mkdirSync(join(his, 'default'));
    give(his);
    expect([owner(path), owner(join(path, 'state.json'))]).toEqual([0, 0]);
    expect(owner(join(his, 'state.json'))).toBe(USER.uid);
    expect(owner(join(his, 'default'))).toBe(0);
  });

  test.each([true, false])('by what stands in a folder of his (it is there: %s)', (isThere) => {
    const inside = join(hisFolder(), 'inside');
    if (isThere) mkdirSync(inside);
    expect(() => {
      give(inside);
    }).toThrow(`giving ${inside} to nobody: it is not root's alone to give`);
    if (isThere) expect(owner(inside)).toBe(0);
  });

  test('in a folder that all may write to', () => {
    chmodSync(root, 0o777);
    const folder = join(root, 'state');
    mkdirSync(folder, { mode: 0o700 });
    expect(() => {
      give(folder);
    }).toThrow('to give');
    chmodSync(root, 0o1777);
    give(folder);
    expect(owner(folder)).toBe(USER.uid);
  });
});

test.each(['/', '/run', '/root', '/tmp', '/var/lib', '/sys/fs/bpf'])("%s is nobody's", (folder) => {
  const before = owner(folder);
  expect(() => {
    give(folder, (name) => name === 'state.json');
  }).toThrow(/giving \S+ to nobody/);
  expect(owner(folder)).toBe(before);
});

test.each([
  ['with something else in it', 0o700, 'other.txt'],
  ['that others may look into', 0o755, 'dmz'],
])('nor is a folder %s', (_name, mode, file) => {
  const folder = join(root, 'state');
  mkdirSync(folder);
  chmodSync(folder, mode);
  writeFileSync(join(folder, file), '');
  expect(() => {
    give(folder, (name) => name === 'state.json');
  }).toThrow("it is not Scanward's alone");
  expect(owner(folder)).toBe(0);
});

test('what he could not reach is said', () => {
  chmodSync(root, 0o700);
  expect(() => {
    give(join(root, 'state'));
  }).toThrow(`nobody cannot pass ${root}: chmod o+x ${root}, or name another folder`);
});

test('what is another user stays his', () => {
  const folder = join(root, 'state');
  mkdirSync(folder);
  chownSync(folder, 1234, 1234);
  expect(() => {
    give(folder);
  }).toThrow('to give');
  expect(owner(folder)).toBe(1234);
});
