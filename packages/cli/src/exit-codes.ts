/** Exit codes of `scanward`. They are part of its interface and are listed in the README; none is ever given a new meaning. */
export const ExitCode = {
  /** Ended as asked: a signal, a closed pipe, `--help`, `--version`. */
  clean: 0,
  /** An error while running that none of the others names. */
  runtime: 1,
  /** Unknown or contradicting flags, a bad value. */
  usage: 2,
  /** A capability is missing. */
  capability: 3,
  /** The kernel lacks a feature. */
  unsupported: 4,
  /** No such interface, no default route, or the interface refuses XDP. */
  interface: 5,
  /** Another XDP program is attached. */
  foreignProgram: 6,
  /** The BPF object is missing, broken, of other layouts or for another byte order; or the package is not built. */
  object: 7,
  /** Locked memory, memory or descriptors do not suffice. */
  limit: 8,
  /** There is no such instance, or no such block or entry, or no daemon that tells events. */
  absent: 9,
  /** Another daemon runs this instance or has its socket, or has as many clients as it takes; or somebody else is changing it. */
  busy: 10,
  /** The state file that was named cannot be written. */
  state: 11,
  /** A capture cannot be read, or not to its end; what was reported before that holds. */
  capture: 12,
  /** An address or a socket that was named cannot be listened on. */
  listen: 13,
  /** A second SIGINT while stopping. */
  interrupted: 130,
  /** A second SIGTERM while stopping. */
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
