import { isIpv4Mapped } from '../address.ts';
import type { CapturedFrame } from '../capture/to-ethernet.ts';
import type { ParsedFrame } from '../parsed.ts';
import { addressKey } from './endpoint.ts';

/** A frame of a capture, and what it is. */
export interface Sighting {
  readonly frame: CapturedFrame;
  readonly parsed: ParsedFrame;
}

/** A prefix of the 128-bit address space: an IPv4 /24 has 120 bits. */
interface Prefix {
  readonly address: Uint8Array;
  readonly bits: number;
}

/** How it is known which side of the capture is the host. */
export type HostRule =
  /** The operator named its addresses. */
  | { readonly by: 'name' }
  /** The capture says of packets which way they went. */
  | { readonly by: 'direction' }
  /** The hardware address that takes part in most frames; of two, the one that is asked more. */
  | { readonly by: 'hardware'; readonly address: string }
  /** The same, of addresses, one for each family. */
  | { readonly by: 'address' }
  /** There was no packet to guess by. */
  | { readonly by: 'nothing' };

/** Addresses of the host that are remembered. */
export const HOST_ADDRESSES_MAX = 4_096;

/** How often somebody took part, and was asked. */
interface Tally {
  packets: number;
  asked: number;
}

/** Which addresses of a capture are the host's, so that what it received can be told from what it sent. */
export class HostSide {
  readonly rule: HostRule;
  readonly #named: readonly Prefix[];
  readonly #addresses = new Map<string, Uint8Array>();

  private constructor(rule: HostRule, named: readonly Prefix[] = []) {
    this.rule = rule;
    this.#named = named;
  }

  /** These prefixes are the host's, and nothing else is. */
  static named(prefixes: readonly Prefix[]): HostSide {
    return new HostSide({ by: 'name' }, prefixes);
  }

  /** Guesses by the first packets of a capture. */
  static guessed(sightings: readonly Sighting[]): HostSide {
    const side = new HostSide(ruleOf(sightings));
    if (side.rule.by === 'address') {
      for (const isV4 of [true, false]) {
        const address = mostOf(sightings.filter(({ parsed }) => isOfFamily(parsed, isV4)).map(addressesOf));
        if (address !== undefined) side.#add(addressOfKey(address));
      }
    }
    for (const sighting of sightings) side.learn(sighting);
    return side;
  }

  /** Those that are known so far, in the order in which they were found. */
  addresses(): readonly Uint8Array[] {
    return [...this.#addresses.values()];
  }

  has(address: Uint8Array): boolean {
    return this.#addresses.has(addressKey(address)) || this.#named.some((prefix) => isWithin(prefix, address));
  }

  /** Whether the host sent it. What goes from the host to itself counts as received. */
  isSent({ frame, parsed: { source, destination } }: Sighting): boolean {
    if (this.rule.by !== 'name') {
      if (frame.direction !== undefined) return frame.direction === 'out';
      if (this.rule.by === 'hardware' && isEthernet(frame)) return hardware(frame, SOURCE) === this.rule.address;
    }
    if (source === undefined || destination === undefined) return false;
    return this.has(source) && !this.has(destination);
  }

  /** Takes the addresses of a packet for the host's, where they are. Returns one that is new. */
  learn(sighting: Sighting): Uint8Array | undefined {
    const { frame, parsed } = sighting;
    const { source, destination } = parsed;
    if (source === undefined || destination === undefined) return undefined;
    if (this.rule.by === 'name') return this.has(destination) ? this.#add(destination) : undefined;
    const isDirected = frame.direction !== undefined;
    const isHardware = this.rule.by === 'hardware' && isEthernet(frame);
    if (!isDirected && !isHardware) return undefined;
    if (this.isSent(sighting)) return this.#add(source);
    const isOurs = isDirected || (this.rule.by === 'hardware' && hardware(frame, DESTINATION) === this.rule.address);
    return isOurs ? this.#add(destination) : undefined;
  }

  #add(address: Uint8Array): Uint8Array | undefined {
    const key = addressKey(address);
    if (this.#addresses.has(key) || this.#addresses.size === HOST_ADDRESSES_MAX || !isUnicast(address))
      return undefined;
    this.#addresses.set(key, address);
    return address;
  }
}

const DESTINATION = 0;
const SOURCE = 6;
const NO_HARDWARE = '00:00:00:00:00:00';

function hardware({ bytes }: CapturedFrame, offset: number): string {
  return Array.from(bytes.subarray(offset, offset + 6), (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Of a link layer without hardware addresses, and of loopback, both are zero. */
function isEthernet(frame: CapturedFrame): boolean {
  return hardware(frame, SOURCE) !== NO_HARDWARE || hardware(frame, DESTINATION) !== NO_HARDWARE;
}

function ruleOf(sightings: readonly Sighting[]): HostRule {
  const ip = sightings.filter(({ parsed }) => parsed.destination !== undefined);
  if (ip.some(({ frame }) => frame.direction !== undefined)) return { by: 'direction' };
  const frames = ip.filter(({ frame }) => isEthernet(frame) && (frame.bytes[DESTINATION]! & 1) === 0);
  const address = mostOf(
    frames.map(({ frame, parsed }) => [hardware(frame, SOURCE), hardware(frame, DESTINATION), isAsking(parsed)]),
  );
  if (address !== undefined) return { by: 'hardware', address };
  return ip.length > 0 ? { by: 'address' } : { by: 'nothing' };
}

/** From whom, to whom, and whether it asks. */
type Between = readonly [from: string, to: string, asks: boolean];

function addressesOf({ parsed }: Sighting): Between {
  return [addressKey(parsed.source!), addressKey(parsed.destination!), isAsking(parsed)];
}

/** Not by what both ends of a connection send, nor by answers. */
const isAsking = ({ kind }: ParsedFrame): boolean => kind !== undefined && kind !== 'ack' && kind !== 'maimon';

/** Who takes part most; of several who is asked most; of several who was the first to be spoken to. */
function mostOf(packets: readonly Between[]): string | undefined {
  const tallies = new Map<string, Tally>();
  const tally = (name: string): Tally => {
    const found = tallies.get(name) ?? { packets: 0, asked: 0 };
    tallies.set(name, found);
    return found;
  };
  for (const [from, to, asks] of packets) {
    const asked = tally(to);
    asked.packets++;
    if (asks) asked.asked++;
    tally(from).packets++;
  }
  const ranked = [...tallies].sort(([, a], [, b]) => b.packets - a.packets || b.asked - a.asked);
  return ranked[0]?.[0];
}

function isOfFamily({ source, destination }: ParsedFrame, isV4: boolean): boolean {
  return (
    source !== undefined && destination !== undefined && isUnicast(destination) && isIpv4Mapped(destination) === isV4
  );
}

function addressOfKey(key: string): Uint8Array {
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 8; i++) {
    bytes[2 * i] = key.charCodeAt(i) >> 8;
    bytes[2 * i + 1] = key.charCodeAt(i) & 0xff;
  }
  return bytes;
}

/** Neither multicast nor broadcast nor nobody. */
function isUnicast(address: Uint8Array): boolean {
  if (!isIpv4Mapped(address)) return address[0] !== 0xff && address.some((byte) => byte !== 0);
  return address[12]! < 0xe0 && address[12] !== 0;
}

function isWithin({ address: prefix, bits }: Prefix, address: Uint8Array): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (prefix[i] !== address[i]) return false;
  const rest = bits & 7;
  return rest === 0 || (prefix[whole]! ^ address[whole]!) >> (8 - rest) === 0;
}
