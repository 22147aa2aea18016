import { fetchKernels } from './apt.ts';
import { readKernels } from './kernels.ts';
import type { Watching } from './lists.ts';
import type { Arch, KernelEntry, Resolved } from './types.ts';
import { unpack, type KernelFiles } from './unpack.ts';

/** A resolved entry, with its kernel as files unless it is missing. */
export interface Prepared extends Resolved {
  readonly files?: KernelFiles;
}

/** Fetches and unpacks the kernels of these entries, in their order. Does not fail for one that cannot be had. */
export async function prepareKernels(
  entries: readonly KernelEntry[],
  watch: Watching,
  known: readonly KernelEntry[] = readKernels(),
): Promise<Prepared[]> {
  const prepared = new Map<KernelEntry, Prepared>();
  for (const arch of new Set<Arch>(entries.map((entry) => entry.arch))) {
    const found = await fetchKernels(
      entries.filter((entry) => entry.arch === arch),
      known,
      arch,
      watch,
    );
    for (const [kernel, choice] of found) {
      const { name, version, suite } = choice.image;
      const source = `${name} ${version} (${suite})`;
      const instead = choice.instead === undefined ? {} : { instead: `${choice.instead}: ${source}` };
      prepared.set(kernel, { kernel, source, ...instead, files: await unpack(choice) });
    }
  }
  return entries.map((kernel) => {
    const missing = `no kernel of ${kernel.debian?.suites.join(', ') ?? 'Debian'} can be fetched, and none is in the cache`;
    return prepared.get(kernel) ?? { kernel, source: 'none', missing };
  });
}
