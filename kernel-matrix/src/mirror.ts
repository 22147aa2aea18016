import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The addresses of the archives that hold Debian's suites. */
export interface Mirror {
  readonly main: string;
  readonly security: string;
}

interface Source {
  readonly uri: string;
  readonly suites: readonly string[];
}

/** The `deb` sources of a `.list` (a line each) or a `.sources` (stanzas of fields) file. */
export function parseSources(text: string): Source[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const classic = lines
    .map((line) => /^\s*deb\s+(?:\[.*?\]\s+)?(\S+)\s+(\S+)/.exec(line))
    .flatMap((found) => (found ? [{ uri: found[1]!, suites: [found[2]!] }] : []));
  const stanzas = lines.join('\n').split(/\n\s*\n/);
  const modern = stanzas.flatMap((stanza) => {
    const field = (name: string) => new RegExp(`^${name}:(.*(?:\\n[ \\t].*)*)`, 'mi').exec(stanza)?.[1]?.trim();
    const words = (name: string) => (field(name) ?? '').split(/\s+/).filter((word) => word !== '');
    if (!words('Types').includes('deb') || field('Enabled')?.toLowerCase() === 'no') return [];
    return words('URIs').map((uri) => ({ uri, suites: words('Suites') }));
  });
  return [...classic, ...modern].map(({ uri, suites }) => ({ uri: uri.replace(/\/+$/, ''), suites }));
}

/**
 * The mirror that these sources name: `/debian` and, by its suite or address, the security archive. Where there is no
 * security archive, it is looked for beside the main one.
 */
export function findMirror(sources: readonly Source[]): Mirror | undefined {
  const isSecurity = ({ uri, suites }: Source) =>
    /debian-security$/.test(uri) || suites.some((suite) => /(^[a-z]+-security|\/updates)$/.test(suite));
  const main = sources.find((source) => /\/debian$/.test(source.uri) && !isSecurity(source));
  if (main === undefined) return undefined;
  const security = sources.find((source) => /debian/.test(source.uri) && isSecurity(source));
  return { main: main.uri, security: security?.uri ?? `${main.uri}-security` };
}

/** The mirror of this machine's own apt sources, or `MATRIX_MIRROR`. */
export function readMirror(folder = '/etc/apt', env: NodeJS.ProcessEnv = process.env): Mirror {
  const own = env['MATRIX_MIRROR']?.replace(/\/+$/, '');
  if (own) return { main: own, security: `${own}-security` };
  const parts = join(folder, 'sources.list.d');
  const files = existsSync(parts) ? readdirSync(parts).sort() : [];
  const paths = [join(folder, 'sources.list'), ...files.map((name) => join(parts, name))];
  const mirror = findMirror(
    paths
      .filter((path) => /\.(list|sources)$/.test(path) && existsSync(path))
      .flatMap((path) => parseSources(readFileSync(path, 'utf8'))),
  );
  if (mirror === undefined)
    throw new Error(`${folder} names no Debian mirror: set MATRIX_MIRROR to one that ends in /debian`);
  return mirror;
}

/** The address of the archive that holds a suite. */
export const archiveOf = (mirror: Mirror, suite: string): string =>
  suite.endsWith('-security') ? mirror.security : mirror.main;
