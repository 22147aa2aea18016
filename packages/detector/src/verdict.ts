/** `enum verdict`: what became of a packet; each packet has exactly one. */
export const Verdict = {
  passNotIp: 0,
  passMalformed: 1,
  passNotTcp: 2,
  passFragment: 3,
  passNotSyn: 4,
  passRetransmission: 5,
  passConnection: 6,
  dropBlocked: 7,
  dropThreshold: 8,
} as const;

/** One of {@link Verdict}. */
export type VerdictCode = (typeof Verdict)[keyof typeof Verdict];

export const VERDICTS = 9;
