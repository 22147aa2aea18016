import type { Endian } from '../src/index.ts';
import { Names, Writer } from './writer.ts';

const KINDS = [
  '', 'int', 'ptr', 'array', 'struct', 'union', 'enum', 'fwd', 'typedef', 'volatile', 'const', 'restrict', 'func',
  'func_proto', 'var', 'datasec', 'float', 'decl_tag', 'type_tag', 'enum64',
]; // prettier-ignore

/** Writes `.BTF` type by type; ids start at 1. */
export class BtfBuilder {
  readonly names = new Names();
  readonly types: Writer;
  private readonly endian: Endian;
  private count = 0;

  constructor(endian: Endian) {
    this.endian = endian;
    this.types = new Writer(endian);
  }

  /** Adds a type and returns its id; `words` are what follows the common bytes. */
  add(kind: string, name: string, sizeOrType: number, words: number[] = [], vlen = 0, flag = false): number {
    const info = KINDS.indexOf(kind) * 2 ** 24 + vlen + (flag ? 2 ** 31 : 0);
    this.types.u32(this.names.add(name), info, sizeOrType, ...words);
    this.count += 1;
    return this.count;
  }

  int(name = 'int', size = 4, encoding = 1): number {
    return this.add('int', name, size, [encoding * 2 ** 24 + size * 8]);
  }

  done(): Uint8Array {
    const types = this.types.done();
    const names = this.names.done();
    return new Writer(this.endian)
      .u16(0xeb9f)
      .u8(1, 0)
      .u32(24, 0, types.length, types.length, names.length)
      .raw(types)
      .raw(names)
      .done();
  }
}
