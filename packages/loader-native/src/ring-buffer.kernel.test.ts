import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { readObject } from '@scanward/bpf-object';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectNoLeaks } from '../test/leaks.ts';
import { littleEndian } from './kernel/attr.ts';
import { type LoadedObject, loadObject } from './objects/load-object.ts';
import { type RecordVisitor, RingBuffer } from './ring-buffer.ts';

const end = littleEndian ? 'el' : 'eb';
const spec = readObject(readFileSync(new URL(`../test/fixtures/fixture.bpf${end}.o`, import.meta.url)));
const packet = new Uint8Array(64);
/** Records that are ten turns of the ring. */
const TURNS = 1_280;

describe('a ring of a real program', () => {
  expectNoLeaks();

  let object: LoadedObject;
  let ring: RingBuffer;
  beforeEach(() => {
    // vitest runs the last afterEach first: all is closed before the leaks are counted.
    object = loadObject(spec, { constants: { records: 7n } });
    ring = new RingBuffer(object.maps['ring']!);
  });
  afterEach(() => {
    ring.close();
    ring.close();
    object.close();
  });
  // Not by `repeat`: more than one makes the kernel patch its dispatcher, which takes 25 ms.
  const put = (times = 1) => {
    for (let i = 0; i < times; i++) object.programs['fixture']!.testRun({ data: packet });
  };
  const total = () => new DataView(object.maps['.bss']!.get(new Uint8Array(4))!.buffer).getBigUint64(0, littleEndian);

  // Checks that the records follow each other; the numbers that end in 4 or 9 were thrown away by the program.
  function follower(): RecordVisitor {
    let expected = 0n;
    return (bytes, offset, length) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
      if (expected % 5n === 4n) expected++;
      const number = view.getBigUint64(0, littleEndian);
      if (number !== expected || view.getBigUint64(8, littleEndian) !== BigInt.asUintN(64, ~number)) {
        throw new Error(`read ${number.toString()}, expected ${expected.toString()}`);
      }
      expected++;
    };
  }

  test('every record once and whole, through many turns of the ring', () => {
    const follow = follower();
    let visited = 0;
    for (let round = 0; round < 2000; round++) {
      put(3);
      visited += ring.read(follow);
      expect(ring.pending).toBe(0);
    }
    // 2000 * 21 records of 32 bytes: the ring of 4096 went round over 300 times.
    expect(visited).toBe(33_600);
    expect(total()).toBe(42_000n);
  });

  test('the same while another thread writes', async () => {
    const follow = follower();
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const writer = new Worker(new URL('../test/run-program.mjs', import.meta.url), {
      workerData: { fd: object.programs['fixture']!.fd, stop },
    });
    const state = { running: true };
    const ended = once(writer, 'exit').then(() => (state.running = false));
    let visited = 0;
    while (state.running) {
      for (let i = 0; i < 100; i++) visited += ring.read(follow);
      if (visited > TURNS) Atomics.store(stop, 0, 1);
      await new Promise(setImmediate);
    }
    await ended;
    visited += ring.read(follow);
    // What found no room took no number, so all numbers but the thrown away ones were read.
    expect(visited).toBe(Number(total()) - Math.floor(Number(total()) / 5));
    expect(visited).toBeGreaterThan(TURNS);
  });

  test('a full ring loses the newest, and goes on when it is read', () => {
    put(100);
    expect(ring.pending).toBeGreaterThan(4096 - 64);
    const first = ring.read(() => undefined);
    expect(first).toBeGreaterThan(90);
    expect(ring.read(() => undefined)).toBe(0);
    put();
    expect(ring.read(() => undefined)).toBeGreaterThan(4);
  });

  test('a visitor that throws has read its record', () => {
    put();
    const seen: number[] = [];
    const lowest = littleEndian ? 0 : 7;
    const stop = () =>
      ring.read((bytes, offset) => {
        seen.push(bytes[offset + lowest]!);
        if (seen.length === 2) throw new Error('enough');
      });
    expect(stop).toThrow('enough');
    ring.read((bytes, offset) => seen.push(bytes[offset + lowest]!));
    expect(seen).toEqual([0, 1, 2, 3, 5, 6]);
  });

  test('a visitor may close the ring', () => {
    put();
    expect(ring.read(() => ring.close())).toBe(1);
    expect(() => ring.read(() => undefined)).toThrow('ring buffer ring is closed');
  });

  test('wait() ends when a record comes', async () => {
    const waiting = ring.wait();
    setTimeout(() => put(), 20);
    expect(await waiting).toBe(true);
    expect(ring.read(() => undefined)).toBe(6);
    put();
    expect(await ring.wait()).toBe(true);
  });

  test('wait() ends when the ring is closed', async () => {
    const waiting = [ring.wait(), ring.wait()];
    setTimeout(() => ring.close(), 20);
    expect(await Promise.all(waiting)).toEqual([false, false]);
    await expect(ring.wait()).rejects.toThrow('closed');
  });

  test('views of a closed ring are empty', () => {
    put();
    let kept: Uint8Array | undefined;
    ring.read((bytes) => (kept = bytes));
    ring.close();
    expect(kept!.length).toBe(0);
  });

  test('a map that is no ring is refused', () => {
    expect(() => new RingBuffer(object.maps['per_cpu']!)).toThrow(RangeError);
  });
});
