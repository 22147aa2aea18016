/** A number in an object that says something about the rest of it. */
export interface Field {
  offset: number;
  size: number;
}

const each = (start: number, sizes: readonly number[]): Field[] => {
  let offset = start;
  return sizes.map((size) => {
    const field = { offset, size };
    offset += size;
    return field;
  });
};

const repeated = (start: number, end: number, sizes: readonly number[]): Field[] => {
  const stride = sizes.reduce((sum, size) => sum + size, 0);
  const fields: Field[] = [];
  for (let at = start; at + stride <= end; at += stride) fields.push(...each(at, sizes));
  return fields;
};

const HEADER = [2, 2, 4, 8, 8, 8, 4, 2, 2, 2, 2, 2, 2];
const SECTION = [4, 4, 8, 8, 8, 8, 4, 4, 8, 8];
const SYMBOL = [4, 1, 1, 2, 8, 8];
const RELOCATION = [8, 4, 4];
const INSTRUCTION = [1, 1, 2, 4];
const WORD = [4];

/** The layout of a section by its ELF type; PROGBITS hold code, or words (BTF). */
const LAYOUTS = new Map([
  [2, SYMBOL],
  [9, RELOCATION],
]);
const EXECUTABLE = 4;

/**
 * The fields of a well-formed object, found without the reader that is under test: groups of header, section headers,
 * then each section's content.
 */
export function fieldsOf(bytes: Uint8Array): Field[][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[5] === 1;
  const start = Number(view.getBigUint64(40, little));
  const groups = [each(16, HEADER)];
  for (let at = start; at < start + 64 * view.getUint16(60, little); at += 64) {
    groups.push(each(at, SECTION));
    const type = view.getUint32(at + 4, little);
    const offset = Number(view.getBigUint64(at + 24, little));
    const end = offset + Number(view.getBigUint64(at + 32, little));
    const code = (Number(view.getBigUint64(at + 8, little)) & EXECUTABLE) !== 0;
    if (type === 0 || type === 3 || type === 8) continue;
    groups.push(repeated(offset, end, LAYOUTS.get(type) ?? (code ? INSTRUCTION : WORD)));
  }
  return groups.filter((group) => group.length > 0);
}
