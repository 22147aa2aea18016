import type { DebianPackage } from '../packages.ts';

/** The names that a dependency field allows, clause by clause: versions are left to the suite, which is one whole. */
const clauses = (depends: string): string[][] =>
  depends
    .split(',')
    .filter((clause) => clause.trim() !== '')
    .map((clause) => clause.split('|').map((each) => each.trim().replace(/[\s:(].*$/s, '')));

/**
 * The wanted packages and all that they depend on, sorted by name. Of alternatives the first that there is; a clause of
 * which there is none is of a virtual package, and left out: what is needed of those is to be wanted by name.
 */
export function closure(wanted: readonly string[], packages: readonly DebianPackage[]): DebianPackage[] {
  const byName = new Map(packages.map((each) => [each.name, each]));
  const missing = wanted.filter((name) => !byName.has(name));
  if (missing.length > 0) throw new Error(`no package ${missing.join(', ')} in the lists`);
  const found = new Map<string, DebianPackage>();
  const open = [...wanted];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const each = byName.get(name)!;
    found.set(name, each);
    for (const names of clauses(each.depends)) {
      const first = names.find((one) => byName.has(one));
      if (first !== undefined) open.push(first);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
