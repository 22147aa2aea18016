import fc from 'fast-check';
import { type Field, fieldsOf } from './fields.ts';
import { ENDIANS, fixture } from './fixtures.ts';

const NAMES = ['scanner', 'calls', 'kinds'];
const objects = NAMES.flatMap((name) => ENDIANS.map((endian) => fixture(name, endian)));
const fields = objects.map(fieldsOf);

/** One change; places and values are fractions, so that they fit an object of any length. */
type Edit =
  | { kind: 'flip'; place: number; bit: number }
  | { kind: 'truncate'; place: number }
  | { kind: 'splice'; from: number; to: number; length: number; other: number }
  | { kind: 'field'; group: number; field: number; value: (old: bigint, length: number) => bigint };

// Not fc.double: that is even over floats, so nearly all of it is beside 0.
const fraction = fc.noBias(fc.nat(0xf_ffff)).map((place) => place / 0x10_0000);

/** Values that lie in telling ways: edges of the widths, of the file, and one beside the truth. */
const lie = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 3n, 8n, 0x7fn, 0xffn, 0xffffn, 0x7fff_ffffn, 0xffff_fff0n, 2n ** 32n, 2n ** 53n, 2n ** 63n, -1n)
    .map((value) => () => value),
  fc.constantFrom(-24n, -16n, -8n, -4n, -1n, 1n, 4n, 8n, 12n, 24n).map((by) => (old: bigint) => old + by),
  fc.constantFrom(-1, 0, 1).map((by) => (_: bigint, length: number) => BigInt(length + by)),
  fc.integer({ min: 0, max: 40 }).map((value) => () => BigInt(value)),
  fc.integer({ min: 0, max: 12 }).map((by) => (old: bigint) => old << BigInt(by)),
); // prettier-ignore

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('flip' as const), place: fraction, bit: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('truncate' as const), place: fraction }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('splice' as const),
      from: fraction,
      to: fraction,
      length: fc.integer({ min: 1, max: 256 }),
      other: fc.nat(objects.length - 1),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('field' as const), group: fraction, field: fraction, value: lie }),
  },
);

/** A fixture with one to four changes. */
export const mutatedObject: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.nat(objects.length - 1), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([index, edits]) =>
    edits.reduce<Uint8Array>((bytes, change) => apply(bytes, change, fields[index]!), objects[index]!.slice()),
  );

const pick = <T>(items: readonly T[], at: number): T => items[Math.floor(at * items.length)]!;

function apply(bytes: Uint8Array, change: Edit, groups: Field[][]): Uint8Array {
  const at = (place: number): number => Math.floor(place * bytes.length);
  if (bytes.length === 0) return bytes;
  switch (change.kind) {
    case 'flip':
      bytes[at(change.place)]! ^= 1 << change.bit;
      return bytes;
    case 'truncate':
      return bytes.slice(0, at(change.place));
    case 'splice': {
      const source = objects[change.other]!;
      const start = Math.floor(change.from * source.length);
      const part = source.subarray(start, start + change.length);
      bytes.set(part.subarray(0, bytes.length - at(change.to)), at(change.to));
      return bytes;
    }
    case 'field':
      lieAbout(bytes, pick(pick(groups, change.group), change.field), change.value);
      return bytes;
  }
}

function lieAbout(bytes: Uint8Array, { offset, size }: Field, value: (old: bigint, length: number) => bigint): void {
  if (offset + size > bytes.length) return;
  const places = Array.from({ length: size }, (_, index) => offset + index);
  // Byte 5 says the endian; if a change before this one hit it, the number is read and written the other way round.
  if (bytes[5] === 1) places.reverse();
  const old = places.reduce((sum, place) => (sum << 8n) | BigInt(bytes[place]!), 0n);
  let rest = BigInt.asUintN(size * 8, value(old, bytes.length));
  for (const place of places.reverse()) {
    bytes[place] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}
