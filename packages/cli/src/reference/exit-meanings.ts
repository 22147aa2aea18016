import type { ExitCode } from '../exit-codes.ts';

/** What each exit code means, in the words of the README, for the manual. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof ExitCode, string>> = {
  clean: 'ended as asked: SIGINT, SIGTERM, a closed pipe, --help, --version',
  runtime: 'an error while running that none of the others names',
  usage: 'unknown or contradicting flags, a bad value; a configuration or list that cannot be taken',
  capability: 'a capability is missing; the message says which',
  unsupported: 'the kernel lacks a feature; the message says which, and since when there is one',
  interface: 'no such interface, no default route, or the interface refuses XDP',
  foreignProgram: 'another XDP program is attached; the message has its id',
  object: 'the BPF object is missing, damaged, of other layouts or for another byte order; or the package is not built',
  limit: 'locked memory, memory or descriptors do not suffice; the message says what to lower or raise',
  absent: 'no such instance, block or entry, or no daemon that tells events',
  busy: 'another daemon runs this instance or has the socket, or has as many clients as it takes; or somebody else is changing the instance for more than 5 s',
  state: 'the state file that was named cannot be written; a command has done what was asked all the same',
  capture: 'a capture cannot be read, or not to its end; what was reported before that holds',
  listen: 'the place that --metrics names cannot be listened on; nothing was attached',
  interrupted: 'a second SIGINT or SIGTERM while stopping',
  terminated: 'a second SIGINT or SIGTERM while stopping',
};
