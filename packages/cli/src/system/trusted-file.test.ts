import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { assertTrusted, readConfig } from './trusted-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'scanward-trusted-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let count = 0;
function file(mode: number, text = 'threshold: 5\n'): string {
  const path = join(folder, `${count++}.yaml`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a configuration is read', () => {
  test.each([0o600, 0o640, 0o644, 0o444])('of mode %o', (mode) => {
    expect(readConfig(file(mode))).toBe('threshold: 5\n');
  });

  test('through a link', () => {
    const link = join(folder, 'link.yaml');
    symlinkSync(file(0o600), link);
    expect(readConfig(link)).toBe('threshold: 5\n');
  });

  test('and where there is none, that is told apart', () => {
    expect(readConfig(join(folder, 'none.yaml'))).toBeUndefined();
  });
});

describe('it is refused', () => {
  test.each([0o602, 0o606, 0o666])('of mode %o', (mode) => {
    const path = file(mode);
    expect(() => readConfig(path)).toThrow(`others may write to it: chmod go-w ${path}`);
  });

  test('in a folder that others may write to, unless it is sticky', () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    const path = join(open, 'a.yaml');
    writeFileSync(path, '');
    chmodSync(open, 0o777);
    expect(() => readConfig(path)).toThrow(`others may write to its folder: chmod go-w ${open}`);
    chmodSync(open, 0o1777);
    expect(readConfig(path)).toBe('');
  });

  test('when it is larger than a person writes', () => {
    expect(() => readConfig(file(0o600, '#'.repeat(1024 * 1024 + 1)))).toThrow('it is larger than 1 MiB');
  });

  test('by the folder that it is really in', () => {
    const open = join(folder, 'open-behind');
    mkdirSync(open);
    writeFileSync(join(open, 'a.yaml'), '');
    chmodSync(open, 0o777);
    symlinkSync(join(open, 'a.yaml'), join(folder, 'to-open.yaml'));
    expect(() => readConfig(join(folder, 'to-open.yaml'))).toThrow('others may write to its folder');
  });

  test('when it is a pipe, at once', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => readConfig(pipe)).toThrow('it is not a file');
  });

  test('when it is no file', () => {
    expect(() => readConfig(folder)).toThrow('it is not a file');
  });

  test('when it is of another user', () => {
    const stats = Object.assign(statSync(file(0o600)), { uid: 1234 });
    expect(() => {
      assertTrusted('/x', stats, 1000);
    }).toThrow('it belongs to another user (1234): chown root /x');
  });

  test('when its group may write to it, and is not that of root', () => {
    const path = file(0o600);
    const writable = (gid: number) => () => {
      assertTrusted(path, Object.assign(statSync(path), { mode: 0o100620, gid }));
    };
    expect(writable(1234)).toThrow(`others may write to it: chmod go-w ${path}`);
    expect(writable(0)).not.toThrow();
  });
});
