import { readFileSync } from 'node:fs';
import { readObject } from '@scanward/bpf-object';
import { expect, test } from 'vitest';
import { expectNoLeaks } from '../../test/leaks.ts';
import type { VerifierError } from '../errors.ts';
import { littleEndian } from '../kernel/attr.ts';
import { features } from '../features.ts';
import { ElementFlag, XdpVerdict } from '../kernel/uapi.ts';
import { possibleCpus } from '../cpus.ts';
import { RingBuffer } from '../ring-buffer.ts';
import { loadObject } from './load-object.ts';

expectNoLeaks();

const fixture = (end: 'el' | 'eb') =>
  readObject(readFileSync(new URL(`../../test/fixtures/fixture.bpf${end}.o`, import.meta.url)));
const spec = fixture(littleEndian ? 'el' : 'eb');
const packet = new Uint8Array(64);
const zero = new Uint8Array(4);

test('a real object: maps, constants, types, a program that runs', () => {
  const object = loadObject(spec, { constants: { verdict: XdpVerdict.TX, records: 3n, sizes: [1, 2, 3, 4] } });
  try {
    const { locked, per_cpu: perCpu, ring } = object.maps;
    locked!.set(zero, new Uint8Array(16));
    // Before 5.18 one program goes without frames of several buffers.
    expect(object.notes).toHaveLength(features().xdpFrags ? 0 : 1);
    expect(object.programs['fixture']!.testRun({ data: packet, repeat: 2 }).verdict).toBe(XdpVerdict.TX);
    const counted = locked!.get(zero, ElementFlag.LOCK)!;
    expect(new DataView(counted.buffer).getBigUint64(8, littleEndian)).toBe(2n);
    const parts = new Uint32Array(perCpu!.get(zero)!.buffer);
    expect(parts).toHaveLength(2 * possibleCpus());
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(2);
    const reader = new RingBuffer(ring!);
    const seen: bigint[] = [];
    reader.read((bytes, offset, length) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
      expect(length).toBe(24);
      expect(view.getBigUint64(16, littleEndian)).toBe(2n);
      seen.push(view.getBigUint64(0, littleEndian));
    });
    reader.close();
    expect(seen).toEqual([0n, 1n, 2n, 3n, 5n]);
    expect(ring!.maxEntries).toBe(4096);
    expect(locked!.info().btfId).not.toBe(0);
  } finally {
    object.close();
  }
});

test('the constants are frozen, the variables are not', () => {
  const object = loadObject(spec);
  try {
    const rodata = object.maps['.rodata']!;
    expect(() => rodata.set(zero, new Uint8Array(rodata.valueSize))).toThrow(
      expect.objectContaining({ call: 'BPF_MAP_UPDATE_ELEM', code: 'EPERM' }),
    );
    const data = object.maps['.data']!;
    data.set(zero, new Uint8Array(data.valueSize));
    expect(object.programs['fixture']!.testRun({ data: packet }).verdict).toBe(XdpVerdict.ABORTED);
  } finally {
    object.close();
  }
});

test('one program only, sizes of maps, tags equal for all constants', () => {
  const tags = [1, 2].map((verdict) => {
    const object = loadObject(spec, { constants: { verdict }, programs: ['fixture'], maxEntries: { locked: 5 } });
    expect(Object.keys(object.programs)).toEqual(['fixture']);
    expect(object.maps['locked']!.maxEntries).toBe(5);
    const { tag, name, maps } = object.programs['fixture']!.info();
    expect([name, maps]).toEqual(['fixture', 6]);
    object.close();
    object.close();
    return tag;
  });
  expect(tags[0]).toBe(tags[1]);
});

test('an object of the other end is refused by name', () => {
  expect(() => loadObject(fixture(littleEndian ? 'eb' : 'el'))).toThrow(
    expect.objectContaining({ code: 'FOREIGN_ENDIAN' }),
  );
});

test('what the verifier refuses leaves nothing behind and says why', () => {
  const broken = { ...spec, programs: spec.programs.map((program) => ({ ...program })) };
  // r0 is never set: the only instruction left is exit.
  broken.programs = broken.programs
    .filter(({ name }) => name === 'drop')
    .map(({ name, section, functions, instructions }) => ({
      name,
      section,
      functions,
      instructions: instructions.slice(-8),
      mapReferences: [],
    }));
  let refusal: unknown;
  try {
    loadObject(broken).close();
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({ name: 'VerifierError', code: 'EACCES' });
  expect((refusal as VerifierError).summary).toContain('R0 !read_ok');
});
