/** `enum probe_kind`, from 1 on: what a packet asks about a port with. `handshake` is no probe: a source completed one. */
export const KINDS = ['syn', 'fin', 'null', 'xmas', 'maimon', 'ack', 'odd', 'udp', 'fragment', 'handshake'] as const;

/** One of {@link KINDS}. */
export type RecordKind = (typeof KINDS)[number];

/** A kind of probe. */
export type ProbeKind = Exclude<RecordKind, 'handshake'>;

/** The number of a kind in the program's records. */
export function kindCode(kind: RecordKind): number {
  return KINDS.indexOf(kind) + 1;
}

/** The kind of a number; undefined: there is none. */
export function kindName(code: number): RecordKind | undefined {
  return KINDS[code - 1];
}

/** Whether honest packets of this kind come late: when their socket is gone, or to somebody who changed the address. */
export function mayBeLate(kind: ProbeKind): boolean {
  return kind === 'fin' || kind === 'ack' || kind === 'maimon' || kind === 'udp';
}
