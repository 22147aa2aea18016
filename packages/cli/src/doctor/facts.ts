import type { AttachedXdp, Features } from '@scanward/loader-native';
import type { OperatorError } from '../operator-error.ts';
import type { Watcher } from '../pins/link-pins.ts';

/** What was refused, as a start would say it. */
export type Refusal = Pick<OperatorError, 'exitCode' | 'todo'>;

/** What nobody looked at. */
export interface Unseen {
  /** Why. */
  readonly unseen: string;
  readonly remedy: string;
}

/** What was read, or why it was not. */
export type Looked<T> = { readonly value: T } | { readonly refusal: Refusal } | Unseen;

/** All that the checks know of the machine. Files are as they were read; undefined: not there, or not to be read. */
export interface Facts {
  /** `uname -r` */
  readonly release: string;
  /** `/proc/self/status` */
  readonly status: string;
  /** `/proc/self/limits` */
  readonly limits: string;
  readonly meminfo: string | undefined;
  readonly jitEnable: string | undefined;
  readonly jitHarden: string | undefined;
  readonly unprivilegedBpf: string | undefined;
  readonly lockdown: string | undefined;
  readonly clocksource: string | undefined;
  /** Of the kernel. */
  readonly hasBtf: boolean;
  /** Why the addon cannot be loaded; undefined: it can. */
  readonly addonError: string | undefined;
  /** The path of the BPF object. */
  readonly object: Looked<string>;
  readonly features: Looked<Features>;
  readonly bpffs: FolderFacts & { readonly isBpfFs: boolean };
  /** undefined: there is to be no state file. */
  readonly state: FolderFacts | undefined;
  readonly interfaces: Looked<readonly InterfaceFacts[]>;
  /** The instance that is asked about. */
  readonly instance: string;
}

/** A folder, or a file in it, that is to be made. */
export interface FolderFacts {
  readonly path: string;
  /** Whether a flag named it. */
  readonly isNamed: boolean;
  /** Whether it, or what is there of the path to it, may be written to. */
  readonly isWritable: boolean;
}

/** One interface that was asked about. */
export interface InterfaceFacts {
  readonly name: string;
  /** undefined: there is none of this name. */
  readonly link: LinkFacts | undefined;
  /** The name that is most like it, where there is none. */
  readonly near?: string | undefined;
}

export interface LinkFacts {
  readonly up: boolean;
  readonly loopback: boolean;
  readonly mtu: number;
  /** Such as `veth`; undefined for hardware. */
  readonly kind: string | undefined;
  /** The name of its driver; undefined: it has none, or sysfs does not show it. */
  readonly driver: string | undefined;
  /** What `ethtool -k` prints; undefined: there is no ethtool, or it failed. */
  readonly offloads: string | undefined;
  readonly xdp: readonly AttachedXdp[];
  /** The instance of Scanward that watches it. */
  readonly watcher: Looked<Watcher | undefined>;
}
