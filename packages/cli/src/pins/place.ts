import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pinName } from './pin-name.ts';

/** Where instances are when nobody says otherwise. */
export const DEFAULT_BPFFS = '/sys/fs/bpf/scanward';

/** Where one instance lies on a BPF file system: `DIR/NAME`. */
export class Place {
  /** The folder of all instances (`--bpffs`). */
  readonly bpffs: string;
  /** `--name` */
  readonly name: string;

  constructor(bpffs: string, name: string) {
    this.bpffs = bpffs;
    this.name = name;
  }

  /** Locked by the daemon as long as it lives. */
  get folder(): string {
    return join(this.bpffs, pinName(this.name));
  }

  /** A file for each interface that the program is attached to. */
  get links(): string {
    return join(this.folder, 'links');
  }

  /** A set that is being made or removed: whatever lies here at a start is rubbish. */
  get partial(): string {
    return join(this.folder, 'partial');
  }

  /** The set of a layout that a start has replaced by one of other sizes, until every link runs the new program. */
  former(layout: string): string {
    return join(this.folder, `${layout}-former`);
  }

  /** The whole set of one layout: `maps/` and `programs/`. */
  set(layout: string): string {
    return join(this.folder, layout);
  }
}

/** What says that a folder is the same one as before: another one may have taken its name. Undefined: there is none. */
export function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
