/** Parsed packets for the reference, without a parser. */
import type { ParsedPacket } from '../src/index.ts';
import { host, VICTIM } from './sample.ts';

/** A SYN with a sequence number of its own unless one is given. */
export function syn(source: Uint8Array | number, port: number, changes: Partial<ParsedPacket> = {}): ParsedPacket {
  return {
    class: 'syn',
    frameLength: 60,
    source: typeof source === 'number' ? host(source) : source,
    destination: VICTIM,
    sourcePort: 40_000,
    destinationPort: port,
    sequence: port * 65_536 + 1,
    protocol: 6,
    flags: 2,
    hasPayload: false,
    kind: 'syn',
    ...changes,
  };
}

export function other(kind: Exclude<ParsedPacket['class'], 'syn'>, source?: number): ParsedPacket {
  const addresses = source === undefined ? {} : { source: host(source), destination: VICTIM };
  return { class: kind, frameLength: 100, ...addresses };
}
