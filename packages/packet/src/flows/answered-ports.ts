import type { ParsedFrame } from '../parsed.ts';
import { Protocol, TcpFlag } from '../protocol.ts';
import { BoundedMap } from './bounded-map.ts';
import { endpointKey } from './endpoint.ts';
import type { Unreachable } from './unreachable.ts';

/** What the answers of a host say about its ports. Those of 65,536 ports are remembered. */
export class AnsweredPorts {
  readonly #open = new BoundedMap<true>(65_536);

  /** The host sent this. */
  sent({ protocol, source, sourcePort, flags = 0, sequence }: ParsedFrame): void {
    if (source === undefined || sourcePort === undefined) return;
    const key = keyOf(protocol, source, sourcePort);
    if (protocol === Protocol.udp) this.#open.set(key, true);
    if (protocol !== Protocol.tcp) return;
    const kind = flags & (TcpFlag.syn | TcpFlag.ack | TcpFlag.rst);
    if (kind === (TcpFlag.syn | TcpFlag.ack)) this.#open.set(key, true);
    // Who has no socket answers what has no ACK so; a listener leaves it unanswered.
    if (kind === (TcpFlag.rst | TcpFlag.ack) && sequence === 0) this.#open.delete(key);
  }

  /** The host sent an ICMP message that quotes this. */
  refused({ protocol, destination, destinationPort }: Unreachable): void {
    this.#open.delete(keyOf(protocol, destination, destinationPort));
  }

  isOpen(protocol: number, address: Uint8Array, port: number): boolean {
    return this.#open.get(keyOf(protocol, address, port)) === true;
  }
}

function keyOf(protocol: number | undefined, address: Uint8Array, port: number): string {
  return String.fromCharCode(protocol ?? 0) + endpointKey(address, port);
}
