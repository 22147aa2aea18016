import { TcpFlag } from './protocol.ts';

/** What a packet asks about a port with. `fragment`: a first fragment that ends before the flags. */
export type ProbeKind = 'syn' | 'fin' | 'null' | 'xmas' | 'maimon' | 'ack' | 'odd' | 'udp' | 'fragment';

const { fin, syn, rst, psh, ack, urg } = TcpFlag;
/** The others are bits of ECN. */
const FLAGS = fin | syn | rst | psh | ack | urg;

/**
 * What a TCP segment with these flags asks with; undefined: nothing. SYN+ACK and RST are answers, and ACK with payload
 * is a stream.
 */
export function kindOf(flags: number, hasPayload: boolean): ProbeKind | undefined {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  if (has(syn)) {
    if (has(fin | rst)) return 'odd';
    return has(ack) ? undefined : 'syn';
  }
  if (has(rst)) return has(fin) ? 'odd' : undefined;
  if (has(ack)) return hasPayload ? undefined : kindOfAck(flags);
  return KINDS_WITHOUT_ACK.get(flags & FLAGS) ?? 'odd';
}

const KINDS_WITHOUT_ACK = new Map<number, ProbeKind>([
  [0, 'null'],
  [fin, 'fin'],
  [fin | psh | urg, 'xmas'],
]);

function kindOfAck(flags: number): ProbeKind {
  if ((flags & fin) === 0) return 'ack';
  return (flags & urg) === 0 ? 'maimon' : 'odd';
}
