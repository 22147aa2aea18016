import { type BtfSpec, enumLayouts, type ObjectSpec, structLayout } from '@scanward/bpf-object';
import { checkLayouts, type Endian, layouts } from '@scanward/map-codec';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';

const programs = ['scanward', 'scanward_command'];
const lists = ['allow', 'graces', 'blocked_lines', 'blocked', 'blocked_nets', 'blocklist', 'block_notes'];
const maps = ['policy', ...lists, 'sources', 'singles', 'syns', 'connections', 'scans', 'counters'];

/** Refuses an object that this program could not talk to. @throws OperatorError */
export function checkObject(spec: ObjectSpec, path: string, endian: Endian): void {
  const why = misfit(spec, endian);
  if (why === undefined) return;
  const todo = `${why}: use the object that this version of scanward was shipped with`;
  throw new OperatorError(ExitCode.object, `checking the BPF object ${path}`, todo);
}

function misfit(spec: ObjectSpec, endian: Endian): string | undefined {
  if (spec.endian !== endian)
    return `it was built for ${spec.endian}-endian machines, and this one is ${endian}-endian`;
  if (!spec.btf) return 'it has no BTF, so its layouts are unknown';
  const program = programs.find((wanted) => !spec.programs.some(({ name }) => name === wanted));
  if (program !== undefined) return `it has no program ${program}`;
  const map = maps.find((wanted) => !spec.maps.some(({ name }) => name === wanted));
  if (map !== undefined) return `it has no map ${map}`;
  const [first, ...more] = layoutDifferences(spec.btf);
  if (first === undefined) return undefined;
  return `it has other layouts (${first}${more.length > 0 ? `, and ${more.length} more` : ''})`;
}

function layoutDifferences(btf: BtfSpec): string[] {
  const known = new Set(btf.types.map((type) => (type.kind === 'struct' ? type.name : '')));
  const found = layouts().filter(({ name }) => known.has(name));
  return checkLayouts(
    found.map(({ name }) => structLayout(btf, name)),
    enumLayouts(btf),
  );
}
