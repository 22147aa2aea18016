import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { captureOpener } from './open-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'scanward-open-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const BYTES = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 7919) >> 3);

async function read(file: string, stdin: Readable = Readable.from([]), abort = new AbortController()) {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of captureOpener(() => stdin, abort.signal)(file)) chunks.push(chunk);
  } catch (error) {
    return { bytes: Buffer.concat(chunks), message: (error as Error).message };
  }
  return { bytes: Buffer.concat(chunks), message: undefined };
}

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test('a file is read as it is, or unpacked', async () => {
  const packed = gzipSync(BYTES);
  expect((await read(written('plain', BYTES))).bytes.equals(BYTES)).toBe(true);
  expect((await read(written('packed', packed))).bytes.equals(BYTES)).toBe(true);
  const twice = Buffer.concat([packed, packed]);
  expect((await read(written('twice', twice))).bytes).toHaveLength(2 * BYTES.length);
  expect(await read(written('empty', new Uint8Array(0)))).toEqual({ bytes: Buffer.alloc(0), message: undefined });
  expect((await read(written('one', Uint8Array.of(0x1f)))).bytes).toEqual(Buffer.of(0x1f));
});

test('standard input too, byte by byte', async () => {
  const packed = gzipSync(BYTES.subarray(0, 50));
  const bytes = [...packed].map((byte) => Buffer.of(byte));
  expect((await read('-', Readable.from(bytes))).bytes.equals(BYTES.subarray(0, 50))).toBe(true);
});

test('what is packed and damaged gives what came before, and says so', async () => {
  const packed = gzipSync(BYTES);
  const cut = await read(written('cut', packed.subarray(0, packed.length - 100)));
  expect(cut.message).toMatch(/^reading .*cut: what is packed by gzip is damaged \(Z_BUF_ERROR\) behind byte \d+$/);
  const wrong = await read(written('wrong', Buffer.concat([packed.subarray(0, 20), Buffer.alloc(50, 0xff)])));
  expect(wrong.message).toMatch(/damaged \(Z_DATA_ERROR\)/);
});

test('what cannot be read is named', async () => {
  expect((await read(join(folder, 'none'))).message).toBe(`reading ${join(folder, 'none')}: there is no such file`);
  expect((await read(folder)).message).toBe(`reading ${folder}: it cannot be read (EISDIR)`);
});

test('standard input that never ends ends when it is told to', async () => {
  const abort = new AbortController();
  const stdin = new Readable({ read: () => undefined });
  stdin.push(Buffer.from('abc'));
  setImmediate(() => {
    abort.abort();
  });
  expect((await read('-', stdin, abort)).message).toBeUndefined();
});
