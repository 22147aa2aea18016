/** `enum verdict`: what became of a packet; each packet has exactly one. */
export const Verdict = {
  passNotIp: 0,
  passMalformed: 1,
  passNotTcp: 2,
  passFragment: 3,
  passNotSyn: 4,
  passRetransmission: 5,
  passConnection: 6,
  passProbe: 7,
  passEstablished: 8,
  dropBlocked: 9,
  dropThreshold: 10,
} as const;

/** One of {@link Verdict}. */
export type VerdictCode = (typeof Verdict)[keyof typeof Verdict];

export const VERDICTS = 11;
