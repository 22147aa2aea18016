import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readdirSync } from 'node:fs';

const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '../..');
type Function = (...args: unknown[]) => unknown;
const addon = (createRequire(import.meta.url)('node-gyp-build') as (folder: string) => Record<string, Function>)(root);

// Far above what this process has open, so that no call ever hits a live descriptor.
const closedFd = 1_000_000;
const detached = new Uint8Array(64);
structuredClone(detached.buffer, { transfer: [detached.buffer] });

/** The right arguments, and the name and sort of each; all calls with them are harmless. */
const signatures: Record<string, [name: string, good: unknown][]> = {
  bpf: [
    ['cmd', 1],
    ['attr', new Uint8Array(32)],
    ['offset[0]', 8],
    ['buffer[0]', new Uint8Array(16)],
    ['needed[0]', 16],
    ['offset[1]', 16],
    ['buffer[1]', new Uint8Array(16)],
    ['needed[1]', 16],
  ],
  mmap: [
    ['fd', closedFd],
    ['length', 4096],
    ['offset', 0],
    ['writable', false],
  ],
  munmap: [['buffer', new ArrayBuffer(16)]],
  close: [['fd', closedFd]],
  flock: [
    ['fd', closedFd],
    ['operation', 6],
  ],
  netlink: [
    ['request', new Uint8Array(16)],
    ['reply', new Uint8Array(64)],
  ],
  setMemlock: [['bytes', 1]],
  becomeUser: [
    ['uid', 65_534],
    ['gid', 65_534],
    ['low', 0],
    ['high', 0],
  ],
  pageSize: [],
  waitReadable: [['fd', closedFd]],
  cancelWait: [['fd', closedFd]],
};

const hostile = {
  valueOf: () => {
    throw new Error('user code ran');
  },
  get length(): number {
    throw new Error('a getter ran');
  },
};
const proxy = new Proxy(new Uint8Array(8), {
  get: () => {
    throw new Error('a trap ran');
  },
});
const wrongTypes: unknown[] = [
  undefined,
  null,
  'x',
  Symbol('x'),
  1n,
  {},
  [],
  () => 1,
  hostile,
  proxy,
  new Date(),
  new Float64Array(8),
  new DataView(new ArrayBuffer(8)),
];
const wrongNumbers: unknown[] = [-0, 0.5, NaN, -1, -Infinity, Infinity, 2 ** 53, 1e300, Number.MIN_VALUE];

function wrongFor(good: unknown): unknown[] {
  if (typeof good === 'number') return [...wrongTypes, ...wrongNumbers, true, new Uint8Array(8)];
  if (typeof good === 'boolean') return [...wrongTypes, 0, 1];
  if (good instanceof ArrayBuffer) return [...wrongTypes, 0, detached.buffer, new SharedArrayBuffer(8)];
  return [...wrongTypes, 0, detached, new Uint8Array(0), new ArrayBuffer(8)];
}

const cases = Object.entries(signatures).flatMap(([name, args]) =>
  args.flatMap(([argument, good], position) =>
    wrongFor(good).map((wrong) => ({ name, argument, position, wrong, args: args.map(([, value]) => value) })),
  ),
);

test('every function has a signature here', () => {
  expect(Object.keys(addon).sort()).toEqual(Object.keys(signatures).sort());
});

describe('a wrong argument is refused by its name, before any system call', () => {
  test.each(Object.keys(signatures))('%s', (name) => {
    for (const each of cases.filter((one) => one.name === name)) {
      const args = each.args.map((good, i) => (i === each.position ? each.wrong : good));
      const thrown = errorOf(() => addon[name]!(...args));
      expect([TypeError, RangeError], `${name} ${each.argument} ${typeof each.wrong}`).toContain(thrown?.constructor);
      expect(thrown!.message).toContain(each.argument);
    }
  });
});

function errorOf(call: () => unknown): Error | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

describe('the right arguments get a number', () => {
  const EBADF = -9;
  test('a descriptor that is not open', async () => {
    expect(addon['close']!(closedFd)).toBe(EBADF);
    expect(addon['mmap']!(closedFd, 4096, 0, false)).toBe(EBADF);
    expect(await addon['waitReadable']!(closedFd)).toBe(EBADF);
    expect(addon['cancelWait']!(closedFd)).toBe(0);
  });

  test('an unknown buffer, a command that nobody knows, a page', () => {
    expect(addon['munmap']!(new ArrayBuffer(16))).toBe(-22);
    expect(addon['bpf']!(0x7fff_ffff, new Uint8Array(8))).toBeLessThan(0);
    expect(addon['pageSize']!()).toBeGreaterThan(1023);
  });

  test('too many and too few arguments', () => {
    for (const [name, args] of Object.entries(signatures)) {
      const values = args.map(([, value]) => value);
      expect(() => addon[name]!(...values, 1), name).toThrow(TypeError);
      if (args.length > 0) expect(() => addon[name]!(...values.slice(1)), name).toThrow(/must|expected/);
    }
  });
});

test('bpf: lengths and places are checked for every triple', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), fc.nat(64), fc.nat(64), (attrLength, offset, length, needed) => {
      const attr = new Uint8Array(attrLength).fill(0xff);
      const thrown = errorOf(() => addon['bpf']!(1, attr, offset, new Uint8Array(length), needed));
      const fits = attrLength > 0 && attrLength <= 256 && offset + 8 <= attrLength && length >= needed;
      expect(thrown === undefined).toBe(fits);
      // No address of this process comes back.
      expect(attr.every((byte) => byte === 0xff)).toBe(true);
    }),
  );
});

test('any mixture of values: a number, a promise or a named error, and no descriptor is lost', async () => {
  const value = fc.constantFrom<unknown>(
    ...wrongTypes,
    ...wrongNumbers,
    detached,
    new Uint8Array(64),
    closedFd,
    0,
    1,
    false,
  );
  const before = readdirSync('/proc/self/fd').length;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(
        ...Object.keys(signatures).filter((name) => !['close', 'setMemlock', 'becomeUser'].includes(name)),
      ),
      fc.array(value, { maxLength: 9 }),
      async (name, args) => {
        // Never a live descriptor, and never a command that could do something.
        const safe = args.map((arg, i) => (i === 0 && (arg === 0 || arg === 1) ? closedFd : arg));
        try {
          const answer = await addon[name]!(...safe);
          expect(typeof answer).toBe('number');
        } catch (error) {
          expect([TypeError, RangeError]).toContain((error as Error).constructor);
        }
      },
    ),
    { numRuns: 5000 },
  );
  expect(readdirSync('/proc/self/fd').length).toBe(before);
});

describe('waits and the end of an environment', () => {
  const run = (script: string) =>
    spawnSync(process.execPath, ['-e', `const a = require('node-gyp-build')('.'); ${script}`], {
      cwd: root,
      input: undefined,
      stdio: ['pipe', 'pipe', 'pipe'],
      encoding: 'utf8',
      timeout: 20_000,
    });

  test('a pending wait does not stop process.exit()', () => {
    const { status, signal } = run(
      `const { fd } = pipe(); ${pipe} for (let i = 0; i < 20; i++) a.waitReadable(fd); process.exit(7);`,
    );
    expect([status, signal]).toEqual([7, null]);
  });

  test('a worker that is terminated while it waits', () => {
    const script = `
      const { Worker } = require('node:worker_threads');
      ${pipe}
      const { fd } = pipe();
      const source = "const a = require('node-gyp-build')('.'); for (let i = 0; i < 5; i++) a.waitReadable(" + fd + "); require('node:worker_threads').parentPort.postMessage(0);";
      (async () => {
        const count = () => require('node:fs').readdirSync('/proc/self/fd').length;
        let before;
        for (let i = 0; i < 10; i++) {
          const worker = new Worker(source, { eval: true });
          await new Promise((resolve) => worker.once('message', resolve));
          await worker.terminate();
          if (i === 1) before = count();
        }
        console.log(count() - before);
        process.exit(0);
      })();`;
    const { status, signal, stdout } = run(script);
    expect([status, signal, stdout.trim()]).toEqual([0, null, '0']);
  });

  test('cancelled, readable, and hung up', () => {
    const script = `
      ${pipe}
      (async () => {
        const { fd, child } = pipe();
        const first = a.waitReadable(fd);
        setTimeout(() => console.log('cancelled', a.cancelWait(fd)), 20);
        console.log(await first);
        const second = a.waitReadable(fd);
        child.kill();
        console.log(await second);
        process.exit(0);
      })();`;
    const { status, stdout } = run(script);
    expect([status, stdout.trim().split('\n')]).toEqual([0, ['cancelled 1', '0', '1']]);
  });
});

// A descriptor that stays silent until its child ends: the read end of a pipe that `sleep` holds open.
const pipe = `
  function pipe() {
    const child = require('node:child_process').spawn('sleep', ['30'], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.unref();
    child.stdout.unref();
    process.on('exit', () => child.kill());
    return { fd: child.stdout._handle.fd, child };
  }`;
