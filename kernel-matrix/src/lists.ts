import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { cacheFolder, writeWhole } from './cache.ts';
import { archiveOf, readMirror } from './mirror.ts';
import { parsePackages, type DebianPackage } from './packages.ts';
import type { Arch, Watch } from './types.ts';

/** Where one learns what goes on, and that it is to end. */
export type Watching = Omit<Watch, 'event'>;

/** Lists that are younger are not fetched again, unless `MATRIX_REFRESH=1`. */
const freshMs = 12 * 3600 * 1000;

/** After so long a fetch is tried again: a mirror that is being changed has lists that do not fit each other. */
const againMs = 10_000;

/** What Debian calls a machine. */
export const debianArch: Record<Arch, string> = { 'x86-64': 'amd64', s390x: 's390x' };

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The place in the cache that holds the lists of one suite: one that is gone takes no other with it. */
const place = (suite: string, arch: Arch): string => join(cacheFolder(), 'apt', debianArch[arch], suite);

/** Fetches the lists of a suite with apt, in a state folder of its own: the machine's apt is as before. */
async function update(suite: string, arch: Arch, signal: AbortSignal): Promise<void> {
  const folder = place(suite, arch);
  const base = archiveOf(readMirror(), suite);
  const signedBy = existsSync(keyring) ? ` signed-by=${keyring}` : '';
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  await writeFile(join(folder, 'sources.list'), `deb [arch=${debianArch[arch]}${signedBy}] ${base} ${suite} main\n`);
  const options = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    // Nothing is installed from here, so there is no cache of packages to keep.
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Architecture': debianArch[arch],
    'APT::Architectures': debianArch[arch],
    'Acquire::Languages': 'none',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '15',
    // A suite that is no longer cared for is not signed anew; its kernels are what is wanted.
    'Acquire::Check-Valid-Until': 'false',
    // The lists of before stay when a fetch fails, and a fetch that fails is an error.
    'APT::Get::List-Cleanup': 'false',
    'APT::Update::Error-Mode': 'any',
  };
  const args = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await execa('apt-get', [...args, '-q', 'update'], { cancelSignal: signal, env: { LC_ALL: 'C' }, stdin: 'ignore' });
  await writeWhole(join(folder, 'archive'), base);
}

/** When the lists of a suite were last fetched, in milliseconds of the epoch. */
const fetchedAt = async (suite: string, arch: Arch): Promise<number> =>
  stat(join(place(suite, arch), 'archive')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

/** The first line of apt that says what is wrong. */
function reason(error: unknown): string {
  const stderr = (error as { stderr?: string }).stderr ?? '';
  const line = stderr.split('\n').find((each) => /^[EW]: /.test(each) && !/unsandboxed/.test(each));
  return line?.slice(3) ?? (error as Error).message;
}

const isUnreachable = (error: unknown): boolean =>
  /Could not|Cannot initiate|timed out|Temporary failure/.test(reason(error));

/** The suites of one architecture, as one run of the matrix sees them: none is fetched twice. */
export class Lists {
  readonly #arch: Arch;
  readonly #watch: Watching;
  readonly #tried = new Set<string>();
  /** Archives that do not answer: the other suites need not wait for the same. */
  readonly #unreachable = new Set<string>();

  constructor(arch: Arch, watch: Watching) {
    this.#arch = arch;
    this.#watch = watch;
  }

  /** Sees to it that the lists of these suites are young, or new. One that cannot be fetched is told, and is no error. */
  async refresh(suites: readonly string[], force: boolean): Promise<void> {
    for (const suite of suites.filter((each) => !this.#tried.has(each))) {
      const at = await fetchedAt(suite, this.#arch);
      if (!force && Date.now() - at < freshMs) continue;
      this.#tried.add(suite);
      await this.#refresh(suite, at);
    }
  }

  async #refresh(suite: string, at: number): Promise<void> {
    const watch = this.#watch;
    const archive = archiveOf(readMirror(), suite);
    const so = at === 0 ? 'goes on without it' : `takes its lists of ${new Date(at).toISOString().slice(0, 16)}Z`;
    if (this.#unreachable.has(archive)) {
      watch.progress(`${suite}: ${so}`);
      return;
    }
    watch.progress(`fetching the lists of ${suite} (${debianArch[this.#arch]})`);
    const fetched = () => update(suite, this.#arch, watch.signal);
    await fetched()
      .catch(async (error: unknown) => {
        watch.signal.throwIfAborted();
        if (isUnreachable(error)) throw error;
        watch.progress(`${suite}: ${reason(error)}: once more`);
        await sleep(againMs, undefined, { signal: watch.signal });
        await fetched();
      })
      .catch((error: unknown) => {
        watch.signal.throwIfAborted();
        watch.progress(`${suite}: ${reason(error)}: ${so}`);
        if (isUnreachable(error)) this.#unreachable.add(archive);
      });
  }

  /** The packages whose name matches in the lists of a suite; none when there never were any. */
  async packages(suite: string, wanted: RegExp): Promise<DebianPackage[]> {
    const folder = place(suite, this.#arch);
    const base = await readFile(join(folder, 'archive'), 'utf8').catch(() => undefined);
    if (base === undefined) return [];
    const files = (await readdir(join(folder, 'lists'))).filter((name) => /_Packages(\.\w+)?$/.test(name));
    const paths = files.map((name) => join(folder, 'lists', name));
    // apt keeps its lists compressed, in one way or another.
    const { stdout } = await execa('/usr/lib/apt/apt-helper', ['cat-file', ...paths], { maxBuffer: 2 ** 29 });
    return parsePackages(stdout, wanted, suite, base);
  }
}
