/** What was tried for the aims that are not met, and where the limit is. Words: they hold until the program changes. */
export const LIMITS: readonly string[] = [
  'Not IP is a comparison, a helper for the frame’s length (frames may be in pieces) and two sums in a per-CPU map: against two instructions of the bare program there is no less to do and still count every packet.',
  'A blocked SYN’s two counts are atomic additions, so that no CPU’s packets are lost; without them it would be about a third cheaper. Tried and kept: no allowlist, no hash, no clock unless an address matches, no cursor.',
  'A SYN pays for a hash of 40 bytes with secret keys (a third of a repeated one), two locks that two CPUs need, and the record. Tried and kept: the coarse clock, fixed places instead of the parser, both lines fetched before the first lock. Not tried: one hash instead of two, which would make false retransmissions likelier.',
  'The row of a new port each is the dearest that a source can be: 32 touches move up by one each time. In kernel mode only an allowed source gets so far; a scanner has four.',
  '1,000,000 blocks are listed as objects by the blocking watcher; the tables themselves cost the process nothing. 1,000,000 sources alone stay below the aim.',
];
