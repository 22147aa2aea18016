import { dirname } from 'node:path';
import { isBpfFs } from '@scanward/loader-native';
import { ExitCode } from '../exit-codes.ts';
import type { RunOptions } from '../flags/run-options.ts';
import { OperatorError } from '../operator-error.ts';
import { nearestThere } from '../system/nearest-there.ts';
import { DEFAULT_BPFFS, Place } from './place.ts';

/** Where to pin, or why not. */
export type Chosen =
  | { readonly place: Place; readonly warning?: undefined }
  | { readonly place: undefined; /** To be told, once. */ readonly warning?: string };

/**
 * Where the instance that was asked for is to be pinned.
 * @throws OperatorError `usage` when the folder that was named is on no BPF file system
 */
export function choosePlace(
  { bpffs, name, pin }: Pick<RunOptions, 'bpffs' | 'name' | 'pin'>,
  isOne: (path: string) => boolean = isBpfFs,
): Chosen {
  if (!pin) return { place: undefined };
  const folder = bpffs ?? DEFAULT_BPFFS;
  if (isOne(nearestThere(folder))) return { place: new Place(folder, name) };
  if (bpffs !== undefined) {
    const todo = `no BPF file system there: mount -t bpf bpf ${bpffs}, or --no-pin`;
    throw new OperatorError(ExitCode.usage, `--bpffs ${bpffs}`, todo);
  }
  const mounted = dirname(DEFAULT_BPFFS);
  const todo = `mount -t bpf bpf ${mounted}, name another with --bpffs, or say --no-pin`;
  return { place: undefined, warning: `no BPF file system at ${mounted}: nothing outlives this process: ${todo}` };
}
