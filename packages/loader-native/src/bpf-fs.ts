import { statfsSync } from 'node:fs';

// BPF_FS_MAGIC of linux/magic.h.
const BPF_FS_MAGIC = 0xcafe4a11;

/** Does this path lie on a BPF file system, where objects can be pinned? False when there is no such path. */
export function isBpfFs(path: string): boolean {
  try {
    return statfsSync(path).type === BPF_FS_MAGIC;
  } catch {
    return false;
  }
}
