import type { GuestEvent } from './types.ts';

type Fields = Record<string, unknown>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const optional = <Name extends string>(name: Name, value: unknown): { readonly [key in Name]?: string } =>
  (isText(value) ? { [name]: value } : {}) as { readonly [key in Name]?: string };

function boot({ release, version, arch, endian, cpus, node, features }: Fields): GuestEvent | undefined {
  if (!isText(release) || !isText(version) || !isText(arch) || !isText(node)) return undefined;
  if (endian !== 'little' && endian !== 'big') return undefined;
  if (!isNumber(cpus) || !Number.isInteger(cpus) || cpus < 1 || !isFields(features)) return undefined;
  if (!Object.values(features).every((has) => typeof has === 'boolean')) return undefined;
  const known = features as Record<string, boolean>;
  return { event: 'boot', release, version, arch, endian, cpus, node, features: known };
}

function test({ file, name, state, ms, why }: Fields): GuestEvent | undefined {
  if (!isText(file) || !isText(name) || !isNumber(ms) || ms < 0) return undefined;
  if (state !== 'passed' && state !== 'failed' && state !== 'skipped') return undefined;
  if (why !== undefined && !isText(why)) return undefined;
  return { event: 'test', file, name, state, ms, ...optional('why', why) };
}

function ratio({ what, median, low, high }: Fields): GuestEvent | undefined {
  if (!isText(what) || !isNumber(median) || !isNumber(low) || !isNumber(high)) return undefined;
  return { event: 'ratio', what, median, low, high };
}

function right({ rights, user, exitCode, says }: Fields): GuestEvent | undefined {
  if (!isText(rights) || !isText(user) || !isNumber(exitCode) || !isText(says)) return undefined;
  return { event: 'right', rights, user, exitCode, says };
}

const kinds: Readonly<Record<string, (fields: Fields) => GuestEvent | undefined>> = {
  boot,
  test,
  ratio,
  right,
  trouble: ({ why }) => (isText(why) ? { event: 'trouble', why } : undefined),
  end: () => ({ event: 'end' }),
};

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What one line of a guest says; undefined for a line that is torn, or none of the matrix's words. Never throws. */
export function parseEvent(line: string): GuestEvent | undefined {
  const fields = parsed(line);
  if (!isFields(fields) || !isText(fields['event']) || !Object.hasOwn(kinds, fields['event'])) return undefined;
  return kinds[fields['event']]!(fields);
}
