import type { DaemonPorts } from '@scanward/daemon';
import type { Endian } from '@scanward/map-codec';
import type { ParsedFrame } from '@scanward/packet';

/** The daemon's ports on what decides; the others are the capture's. */
export type EnginePorts = Pick<
  DaemonPorts,
  'events' | 'blocks' | 'sources' | 'counters' | 'allow' | 'local' | 'graces' | 'notes' | 'policy'
>;

/** What decides about packets: the program, or its model. Both do the same, packet by packet. */
export interface Engine {
  readonly ports: EnginePorts;
  readonly endian: Endian;
  /** The keys for the place of a source. */
  readonly sourceKeys: readonly bigint[];
  /**
   * The host receives a packet, now.
   *
   * @returns false if it is longer than the engine can take, and was left out
   */
  receive(frame: Uint8Array, parsed: ParsedFrame, nowNs: bigint): boolean;
  /** Resolves when the daemon has read what cannot wait: scans, or a lot of connections. */
  told(): Promise<void>;
  /** The daemon has failed: nothing waits for it any more. */
  abandon(): void;
  close(): void;
}

/** The state of the socket that gets a packet, as the kernel numbers them; 0: there is none. */
export type SocketStateOf = (packet: ParsedFrame) => number;
