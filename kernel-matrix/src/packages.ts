/** What a Debian archive says of one package. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly suite: string;
  readonly sha256: string;
  /** Where it is, and what its file is called. */
  readonly uri: string;
  readonly file: string;
  readonly depends: string;
}

/** The packages of the text of a `Packages` index whose name matches. `base` is the address of the archive. */
export function parsePackages(text: string, wanted: RegExp, suite: string, base: string): DebianPackage[] {
  const packages: DebianPackage[] = [];
  for (const stanza of text.split('\n\n')) {
    const name = /^Package: (.+)$/m.exec(stanza)?.[1];
    if (name === undefined || !wanted.test(name)) continue;
    const field = (key: string) => new RegExp(`^${key}: (.+)$`, 'm').exec(stanza)?.[1] ?? '';
    const path = field('Filename');
    packages.push({
      name,
      version: field('Version'),
      suite,
      sha256: field('SHA256'),
      uri: `${base}/${path}`,
      file: path.slice(path.lastIndexOf('/') + 1),
      depends: field('Depends'),
    });
  }
  return packages;
}

/** `~` sorts before the end, the end before letters, letters before all else (deb-version(7)). */
const rank = (char: string | undefined): number =>
  char === undefined ? 0 : char === '~' ? -1 : /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;

function comparePart(a: string, b: string): number {
  const split = (text: string) => /^(\D*)(\d*)(.*)$/s.exec(text)!;
  for (let [restA, restB] = [a, b]; restA !== '' || restB !== '';) {
    const [, wordA = '', digitsA = '', nextA = ''] = split(restA);
    const [, wordB = '', digitsB = '', nextB = ''] = split(restB);
    for (let i = 0; i < Math.max(wordA.length, wordB.length); i++) {
      const order = rank(wordA[i]) - rank(wordB[i]);
      if (order !== 0) return order;
    }
    const order = Number(digitsA) - Number(digitsB);
    if (order !== 0) return order;
    [restA, restB] = [nextA, nextB];
  }
  return 0;
}

/** Debian's order of versions, as `dpkg --compare-versions` has it: negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) => /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/s.exec(version)!;
  const [, epochA = '0', upstreamA = '', revisionA = ''] = parts(a);
  const [, epochB = '0', upstreamB = '', revisionB = ''] = parts(b);
  return Number(epochA) - Number(epochB) || comparePart(upstreamA, upstreamB) || comparePart(revisionA, revisionB) || 0;
}
