import type { InfoRecord, InfoTable } from './btf-ext.ts';
import { type Endian, putU32 } from './bytes.ts';
import { ObjectError } from './error.ts';
import type { FunctionCode, Functions } from './functions.ts';
import { INSTRUCTION_BYTES } from './instruction.ts';
import type { RelocatedFunction } from './relocate.ts';
import type { InfoSpec } from './spec.ts';

/** A function at its place in a program, counted in instructions. */
export interface Placed {
  function: RelocatedFunction;
  start: number;
}

/** The kernel wants a record for each function of a program, or none. */
export function functionInfo(placed: Placed[], endian: Endian, table: InfoTable | undefined): InfoSpec | undefined {
  if (!table) return undefined;
  const found = placed.map(({ function: { source }, start }) => ({
    source,
    start,
    record: recordAt(table.records.get(source.section.name) ?? [], source.offset),
  }));
  if (!found[0]!.record) return undefined;
  const missing = found.find(({ record }) => !record);
  if (missing) throw new ObjectError('BTF_EXT', `function ${missing.source.name}: has no function info`);
  return pack(
    found.map(({ record, start }) => ({ start, record: record! })),
    table.recordSize,
    endian,
  );
}

/** Records are in order, so halves are enough. */
function recordAt(records: readonly InfoRecord[], offset: number): InfoRecord | undefined {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  return records[low]?.offset === offset ? records[low] : undefined;
}

/** Line records by function. */
export interface Lines {
  recordSize: number;
  of: Map<FunctionCode, InfoRecord[]>;
}

/** Deals the line records of each section out to its functions. */
export function linesByFunction(table: InfoTable, functions: Functions): Lines {
  const of = new Map<FunctionCode, InfoRecord[]>();
  for (const inSection of functions.values()) {
    let next = 0;
    for (const source of inSection.values()) {
      const records = table.records.get(source.section.name) ?? [];
      const end = source.offset + source.code.count * INSTRUCTION_BYTES;
      while (next < records.length && records[next]!.offset < source.offset) next += 1;
      const first = next;
      while (next < records.length && records[next]!.offset < end) next += 1;
      of.set(source, records.slice(first, next));
    }
  }
  return { recordSize: table.recordSize, of };
}

/** The line records of a program. */
export function lineInfoOf(placed: Placed[], endian: Endian, lines: Lines): InfoSpec | undefined {
  const records = placed.flatMap(({ function: { source }, start }) =>
    (lines.of.get(source) ?? []).map((record) => ({
      start: start + (record.offset - source.offset) / INSTRUCTION_BYTES,
      record,
    })),
  );
  return records.length === 0 ? undefined : pack(records, lines.recordSize, endian);
}

/** In the object a record counts bytes of its section, for the kernel instructions of the program. */
function pack(records: { start: number; record: InfoRecord }[], recordSize: number, endian: Endian): InfoSpec {
  const bytes = new Uint8Array(records.length * recordSize);
  records.forEach(({ start, record }, index) => {
    bytes.set(record.bytes, index * recordSize);
    putU32(bytes, index * recordSize, start, endian);
  });
  return { recordSize, bytes };
}
