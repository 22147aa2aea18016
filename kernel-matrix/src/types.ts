/** The words of the matrix: what a kernel is, what a cell is, what a guest tells. Everything else follows from them. */

export type Arch = 'x86-64' | 's390x';
export type DriverName = 'qemu' | 'vagrant' | 'native';

/** One entry of kernels.json. */
export interface KernelEntry {
  /** `5.10`, `6.x` (the newest 6.x), or `own`: the kernel of this machine. */
  readonly series: string;
  readonly arch: Arch;
  readonly endian: 'little' | 'big';
  /** What it is there for, in a few words. */
  readonly why: string;
  readonly drivers: readonly DriverName[];
  /** Processors of the guest; default 1. */
  readonly cpus?: number;
  /** Run by `make kernel-matrix-full` only. */
  readonly full?: boolean;
  /** Where the packages are, unless it is this machine's own; the newest that matches is taken. */
  readonly debian?: {
    readonly suites: readonly string[];
    /** A regular expression on the names of `linux-image-` packages. */
    readonly image: string;
  };
}

/** What is broken on purpose, so that it shows that the matrix can be red. */
export type Canary =
  /** The XDP program lets every packet pass: the scans must fail. */
  | 'program'
  /** bpf(2) refuses links on a kernel that has them: the skip must become a failure. */
  | 'no-bpf-link'
  /** The guest hangs, panics, or ends without a result: each must be told with the tail of its log. */
  | 'hang'
  | 'panic'
  | 'mute';

/** One run of the guest side on one kernel. */
export interface Cell {
  /** `5.10`, `6.18 2 CPUs`, `7.x`, `canary program`: unique in a run. */
  readonly name: string;
  readonly kernel: KernelEntry;
  readonly cpus: number;
  readonly canary?: Canary;
  /** Only test files whose path contains this. */
  readonly tests?: string;
  /** After how long the guest is ended; default the driver's. */
  readonly limitMs?: number;
}

/** What a process may do, and what became of it. */
export interface Right {
  /** `NET_ADMIN, BPF` */
  readonly rights: string;
  readonly user: string;
  /** 0: it did what it is there for. */
  readonly exitCode: number;
  /** The line that says why not; else ''. */
  readonly says: string;
}

/** What the guest side tells, one JSON object a line, in this order: `boot`, then the others, then `end`. */
export type GuestEvent =
  | {
      readonly event: 'boot';
      /** `uname -r`, and the version in `/proc/version` that the distribution gives. */
      readonly release: string;
      readonly version: string;
      readonly arch: string;
      readonly endian: 'little' | 'big';
      readonly cpus: number;
      readonly node: string;
      /** By name, whether the kernel has it: `JIT`, `BTF`, `bpf_link`, `XDP frags`, ... */
      readonly features: Readonly<Record<string, boolean>>;
    }
  | {
      readonly event: 'test';
      /** From the root of the checkout. */
      readonly file: string;
      readonly name: string;
      readonly state: 'passed' | 'failed' | 'skipped';
      readonly ms: number;
      /** Why it failed (the first lines), or which kernel has what it needs. */
      readonly why?: string;
    }
  /** A packet's cost as a ratio to a bare XDP_DROP or XDP_PASS of the same interleaved run. */
  | {
      readonly event: 'ratio';
      readonly what: string;
      readonly median: number;
      readonly low: number;
      readonly high: number;
    }
  /** What became of `scanward run` with these rights. */
  | ({ readonly event: 'right' } & Right)
  /** Something failed outside the tests: the runner, or what was left behind. */
  | { readonly event: 'trouble'; readonly why: string }
  | { readonly event: 'end' };

/** How a guest came to its end. */
export type Death = 'done' | 'panic' | 'timeout' | 'no result' | 'driver';

export interface Outcome {
  readonly death: Death;
  /** For all but `done`: the last lines of the log, and what to know of the cause. */
  readonly tail: readonly string[];
}

/** What a driver tells while it works. */
export interface Watch {
  event(event: GuestEvent): void;
  /** A line of progress before the guest runs: `fetching linux-image-…`. */
  progress(line: string): void;
  /** Aborted when the user interrupts: everything the driver started ends. */
  readonly signal: AbortSignal;
}

/** One way to run the guest side on a kernel. */
export interface Driver {
  /**
   * Fetches what the cells need, once for all of them. Resolves each entry to the kernel that is used; an entry whose
   * series is gone is resolved to its nearest neighbour, and says so in `instead`.
   */
  prepare(cells: readonly Cell[], watch: Omit<Watch, 'event'>): Promise<readonly Resolved[]>;
  /** Runs one cell to its end. Never rejects for what the guest does. Nothing of it is left running afterwards. */
  run(cell: Cell, resolved: Resolved, watch: Watch): Promise<Outcome>;
}

/** What an entry of the list turned out to be. */
export interface Resolved {
  readonly kernel: KernelEntry;
  /** `linux-image-6.12.117+deb13-cloud-amd64 6.12.117-1 (trixie-security)`, or the release of this machine. */
  readonly source: string;
  /** Set when the series is gone: what was taken in its place. */
  readonly instead?: string;
  /** `kvm` or `tcg`, where a guest is a machine of its own. */
  readonly accel?: string;
  /** Set when nothing can be had: why. Such a cell is not run; fewer than five x86-64 series is a failure. */
  readonly missing?: string;
}
