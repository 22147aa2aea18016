/**
 * What a guest of s390x has of Debian: Node, the tools that the tests call, and what those need, unpacked from their
 * packages. None of their scripts is run, which would need that processor; what those would have made is made here.
 */
import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder, makeWhole } from '../cache.ts';
import { debPath, fetchDebs, isCached } from '../debs.ts';
import { Lists, type Watching } from '../lists.ts';
import type { DebianPackage } from '../packages.ts';
import { closure } from './closure.ts';

/**
 * The first Debian whose Node is new enough, and the next one: a mirror may name packages of this processor that it does not
 * hold. A release holds still: its updates for security are not needed here.
 */
const SUITES = ['trixie', 'forky'];
const SHELL = ['bash', 'coreutils', 'dash', 'findutils', 'grep', 'hostname', 'mount', 'procps', 'sed', 'util-linux'];
const TOOLS = ['bpftool', 'busybox-static', 'ethtool', 'hping3', 'iproute2', 'kmod', 'nmap', 'nodejs', 'python3'];

/** The folder of the unpacked packages, and an image of it. */
export interface Root {
  readonly folder: string;
  readonly image: string;
}

const FILES: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  'etc/group': 'root:x:0:\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost\n',
};

/**
 * The node of the guest makes no machine code: what V8 made, however it was compiled and with a processor without vectors
 * too, died within a minute in a whole machine of QEMU 7.2 (illegal instruction, V8's own checks). Emulated alone, it does not.
 */
const node = (isOld: boolean): string =>
  `#!/bin/sh\nexec /usr/bin/node ${isOld ? '--no-expose-wasm ' : ''}--jitless "$@"\n`;
/** Of Node 20, which warns of WebAssembly without machine code unless it is told to have none; later ones know no such option. */
const OLD_NODE = 'usr/lib/s390x-linux-gnu/libnode.so.115';

/** What the packages' scripts would have made, as far as anything here needs it. */
async function finish(folder: string): Promise<void> {
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await mkdir(join(folder, 'usr/local/bin'), { recursive: true });
  await writeFile(join(folder, 'usr/local/bin/node'), node(existsSync(join(folder, OLD_NODE))), { mode: 0o755 });
  await symlink('blas/libblas.so.3', join(folder, 'usr/lib/s390x-linux-gnu/libblas.so.3'));
  // Anybody may go through the folders of a root, whatever the mask of who made them.
  await chmod(folder, 0o755);
}

async function make(packages: readonly DebianPackage[], part: string): Promise<void> {
  const folder = join(part, 'root');
  await mkdir(folder);
  for (const each of packages) await execa('dpkg-deb', ['-x', debPath(each), folder]);
  await finish(folder);
  // Room for nothing else: what a guest writes goes to its memory, or is thrown away with it.
  await execa('mkfs.ext4', ['-q', '-d', folder, '-L', 'root', '-O', '^has_journal', join(part, 'root.ext4'), '600M']);
}

/** The packages, in the cache; with new lists if those that are there name files that the mirror has no more. */
async function fetchPackages(watch: Watching): Promise<DebianPackage[]> {
  const lists = new Lists('s390x', watch);
  let missing: string[] = [];
  for (const suite of SUITES) {
    for (const again of [false, true]) {
      await lists.refresh([suite], again);
      const packages = closure([...SHELL, ...TOOLS], await lists.packages(suite, /./));
      await fetchDebs(packages, watch);
      const cached = await Promise.all(packages.map(isCached));
      missing = packages.filter((_, index) => !cached[index]).map(({ file }) => file);
      if (missing.length === 0) return packages;
    }
    watch.progress(`the mirror does not hold ${suite} for s390x: ${missing.slice(0, 3).join(', ')}, …`);
  }
  throw new Error(
    `cannot fetch ${missing.slice(0, 5).join(', ')}: is there a mirror of Debian that has one of ${SUITES.join(', ')} for s390x?`,
  );
}

/** The root that is made of the packages of today's list; made once for each such list. */
export async function s390xRoot(watch: Watching): Promise<Root> {
  const packages = await fetchPackages(watch);
  const key = createHash('sha256').update(await readFile(import.meta.filename));
  for (const { file, sha256 } of packages) key.update(`${file} ${sha256}\n`);
  const place = join(cacheFolder(), 's390x', key.digest('hex').slice(0, 12));
  if (!existsSync(place)) {
    watch.progress(`unpacking ${packages.length} packages of s390x`);
    await rm(dirname(place), { recursive: true, force: true });
    await makeWhole(place, (part) => make(packages, part));
  }
  return { folder: join(place, 'root'), image: join(place, 'root.ext4') };
}
