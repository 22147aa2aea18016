import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readState, StateError, stateLines } from '@scanward/daemon';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StateFile } from './state-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scanward-state-'));
  path = join(folder, 'lib', 'state.json');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const PID = 4_000_001;
const file = () => new StateFile(path, { pid: PID });
const mode = (of: string) => statSync(of).mode & 0o777;
const lines = (store: StateFile) => [...(store.read() ?? [])];
const refused = (store: StateFile) => {
  try {
    return lines(store);
  } catch (error) {
    return error instanceof StateError ? `${error.code}: ${error.message}` : error;
  }
};
const put = (text: string | Uint8Array) => {
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
};
const others = () => readdirSync(join(folder, 'lib')).filter((name) => name !== 'state.json');

describe('reading', () => {
  test('gives the lines as they stand, however long they are, again and again', () => {
    const line = fc.tuple(fc.nat(200_000), fc.constantFrom('a', '\u00ff')).map(([length, unit]) => unit.repeat(length));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.boolean(), (texts, isEnded) => {
        const text = texts.join('\n') + (isEnded ? '\n' : '');
        put(Buffer.from(text, 'latin1'));
        const store = file();
        const read = lines(store);
        expect(read.join('')).toBe(text);
        expect(read.every((part) => part.length > 0 && part.length <= 2 * 65_536)).toBe(true);
        expect(read.every((part) => part.indexOf('\n') === -1 || part.indexOf('\n') === part.length - 1)).toBe(true);
        expect(read.filter((part) => part.endsWith('\n')).length).toBe(text.split('\n').length - 1);
        expect(lines(store)).toEqual(read);
      }),
      { numRuns: 50 },
    );
  });

  test('knows when there is none', () => {
    expect(file().read()).toBeUndefined();
  });

  test('refuses a link, a pipe, a folder, and what others may write to', () => {
    put('');
    chmodSync(path, 0o620);
    expect(refused(file())).toBe('unreadable: others may write to it');
    rmSync(path);
    symlinkSync('/etc/passwd', path);
    expect(refused(file())).toMatch(/^unreadable: ELOOP/);
    rmSync(path);
    mkdirSync(path);
    expect(refused(file())).toBe('unreadable: it is not a file');
    rmSync(path, { recursive: true });
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    expect(refused(file())).toBe('unreadable: it is not a file');
  });

  test('leaves alone what is no file: a folder or a device (`--state /dev/null`) is neither set aside nor replaced', async () => {
    mkdirSync(path, { recursive: true });
    const store = file();
    expect(() => {
      store.prepare();
    }).toThrow('it is not a file');
    expect(() => store.setAside()).toThrow('it is not a file');
    await expect(store.write([])).rejects.toThrow('it is not a file');
    expect(others()).toEqual([]);
    expect(statSync(path).isDirectory()).toBe(true);
    rmSync(path, { recursive: true });
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    await expect(store.write([])).rejects.toThrow('it is not a file');
    expect(() => store.setAside()).toThrow('it is not a file');
    expect(statSync(path).isFIFO()).toBe(true);
  });

  test('sets it aside under its name and the time', () => {
    put('x');
    const store = file();
    const name = store.setAside();
    expect(name).toMatch(/state\.json\.broken-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect([readFileSync(name, 'utf8'), existsSync(path)]).toEqual(['x', false]);
  });
});

describe('writing', () => {
  test('makes the folder, and a file that only its owner may read', async () => {
    await file().write(['a\n', 'b\n']);
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
    expect([mode(path), mode(join(folder, 'lib'))]).toEqual([0o600, 0o700]);
    expect(others()).toEqual([]);
  });

  test('that fails at any line leaves what was there', async () => {
    const store = file();
    await store.write(['old\n']);
    for (const last of [0, 1, 100_000]) {
      const failing = function* () {
        for (let i = 0; i < last; i++) yield `${i}\n`;
        throw new Error('no more');
      };
      await expect(store.write(failing())).rejects.toThrow('no more');
      expect(readFileSync(path, 'utf8')).toBe('old\n');
      expect(others()).toEqual([]);
    }
  });

  test('replaces a link and does not follow it, nor one that stands where it writes', async () => {
    put('');
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    rmSync(path);
    symlinkSync(victim, path);
    symlinkSync(victim, `${path}.tmp-${PID}`);
    await file().write(['mine\n']);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(readFileSync(path, 'utf8')).toBe('mine\n');
    expect(statSync(path).isFile()).toBe(true);
    expect(others()).toEqual([]);
  });

  test('does not write to what somebody puts there just now', async () => {
    put('old');
    const taken = new StateFile(path, { pid: PID });
    mkdirSync(`${path}.tmp-${PID}`);
    await expect(taken.write(['mine\n'])).rejects.toThrow();
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  test('puts it in place only when nobody else is at it', async () => {
    const seen: unknown[] = [];
    const store = new StateFile(path, {
      commit: async (putInPlace) => {
        seen.push(existsSync(path), others().length);
        await putInPlace();
        seen.push(existsSync(path), others().length);
      },
    });
    await store.write(['a\n']);
    expect(seen).toEqual([false, 1, true, 0]);
  });

  test('lets others have their turn after some hundred lines', async () => {
    let [taken, most, last] = [0, 0, 0];
    let isOver = false;
    const look = () => {
      most = Math.max(most, taken - last);
      last = taken;
      if (!isOver) setImmediate(look);
    };
    setImmediate(look);
    const line = `${'x'.repeat(199)}\n`;
    const many = function* () {
      for (; taken < 50_000; taken++) yield line;
    };
    await file().write(many());
    isOver = true;
    expect(most).toBeLessThan(2_000);
    expect(statSync(path).size).toBe(10_000_000);
  });

  test('what was written is read as it was', async () => {
    const store = file();
    const entry = { kind: 'allow', address: new Uint8Array(16), bits: 0 } as const;
    const many = Array.from({ length: 5_000 }, () => entry);
    await store.write(stateLines({ writtenMs: 0 }, many, store.sha256()));
    expect([...readState(store.read()!, store.sha256())]).toEqual(many);
  });
});

describe('preparing', () => {
  test('makes the folder and removes what dead writers left, and nothing else', () => {
    file().prepare();
    expect(mode(join(folder, 'lib'))).toBe(0o700);
    put('state');
    const dead = spawnSync('true').pid;
    const names = [`state.json.tmp-${dead}`, `state.json.tmp-${PID}`, `state.json.tmp-${process.ppid}`];
    names.push('state.json.tmp-x', 'state.json.broken-1', 'other.json.tmp-1');
    for (const name of names) writeFileSync(join(folder, 'lib', name), '');
    file().prepare();
    expect(others().sort()).toEqual([
      'other.json.tmp-1',
      'state.json.broken-1',
      `state.json.tmp-${process.ppid}`,
      'state.json.tmp-x',
    ]);
    expect(readFileSync(path, 'utf8')).toBe('state');
  });

  test('throws where there is no place for a folder', () => {
    writeFileSync(join(folder, 'lib'), '');
    expect(() => file().prepare()).toThrow(/EEXIST|ENOTDIR/);
  });
});
