import { addressKey, isIpv4, type Clock, type ListeningPorts } from '@scanward/daemon';
import type { Endian } from '@scanward/map-codec';

/** The lines of a file, as they are asked for; throws when it is not there or may not be read. */
export type ReadLines = (path: string) => Iterable<string>;

/** What was read serves for so long. */
const CACHE_NS = 1_000_000_000n;
/** Of one file: a host has fewer sockets that listen, and may have a million others. */
const LINES_MAX = 65_536;

const LISTEN = '0A';
/** Of a UDP socket without a peer: TCP_CLOSE. */
const UNCONNECTED = '07';
const ANY_IPV4 = addressKey(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0));
const ANY = addressKey(new Uint8Array(16));

type Transport = 'tcp' | 'udp';
/** By address. */
type Ports = Map<string, number[]>;

/**
 * Who listens, as /proc/net of this process's network says. A socket of all IPv6 addresses counts for IPv4 too: whether
 * it is for IPv6 only is not said there.
 */
export class ProcListeningPorts implements ListeningPorts {
  readonly #lines: ReadLines;
  readonly #clock: Pick<Clock, 'monotonicNs'>;
  readonly #endian: Endian;
  readonly #read = new Map<Transport, { readonly ports: Ports | undefined; readonly timeNs: bigint }>();

  constructor(lines: ReadLines, clock: Pick<Clock, 'monotonicNs'>, endian: Endian) {
    this.#lines = lines;
    this.#clock = clock;
    this.#endian = endian;
  }

  at(address: Uint8Array, transport: Transport): number[] | undefined {
    const ports = this.#recent(transport);
    if (!ports) return undefined;
    const keys = [addressKey(address), ANY, ...(isIpv4(address) ? [ANY_IPV4] : [])];
    return [...new Set(keys)].flatMap((key) => ports.get(key) ?? []);
  }

  #recent(transport: Transport): Ports | undefined {
    const nowNs = this.#clock.monotonicNs();
    const held = this.#read.get(transport);
    if (held && nowNs - held.timeNs < CACHE_NS) return held.ports;
    const ports = this.#now(transport);
    this.#read.set(transport, { ports, timeNs: nowNs });
    return ports;
  }

  #now(transport: Transport): Ports | undefined {
    const ports: Ports = new Map();
    if (!this.#add(`/proc/self/net/${transport}`, transport, ports)) return undefined;
    this.#add(`/proc/self/net/${transport}6`, transport, ports); // not there: the kernel has no IPv6
    return ports;
  }

  /** Returns whether the file could be read. */
  #add(path: string, transport: Transport, ports: Ports): boolean {
    let count = -1; // the first line names the columns
    try {
      for (const line of this.#lines(path)) {
        if (++count === 0) continue;
        const socket = parseSocket(line, this.#endian);
        // The kernel lists the TCP sockets that listen before all others.
        if (count > LINES_MAX || (transport === 'tcp' && socket?.state !== LISTEN)) break;
        if (socket && isFree(socket, transport)) push(ports, addressKey(socket.address), socket.port);
      }
    } catch {
      return false;
    }
    return true;
  }
}

interface Socket {
  readonly address: Uint8Array;
  readonly port: number;
  readonly peerPort: number;
  readonly state: string;
}

const LINE = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) /;

function parseSocket(line: string, endian: Endian): Socket | undefined {
  const [, address, port, peerPort, state] = LINE.exec(line) ?? [];
  if (address === undefined || port === undefined || peerPort === undefined || state === undefined) return undefined;
  return { address: addressBytes(address, endian), port: parseInt(port, 16), peerPort: parseInt(peerPort, 16), state };
}

const isFree = ({ state, peerPort }: Socket, transport: Transport): boolean =>
  transport === 'tcp' ? state === LISTEN : state === UNCONNECTED && peerPort === 0;

/** Words in the order of this machine, each printed as a number. */
function addressBytes(hex: string, endian: Endian): Uint8Array {
  const bytes = new Uint8Array(16);
  if (hex.length === 8) bytes.set([0xff, 0xff], 10);
  const first = 16 - hex.length / 2;
  for (let i = 0; i < hex.length / 2; i++) {
    const at = endian === 'little' ? i ^ 3 : i;
    bytes[first + at] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

function push(ports: Ports, key: string, port: number): void {
  const held = ports.get(key);
  if (held) held.push(port);
  else ports.set(key, [port]);
}
