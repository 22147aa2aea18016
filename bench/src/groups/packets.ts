import type { Change } from '@scanward/testkit';
import { allowedSource, blockedSource, Network } from '../kernel/addresses.ts';
import { frames } from '../kernel/frames.ts';

/** What is in the maps while packets are measured. */
export interface Condition {
  readonly label: string;
  readonly blocks: number;
  readonly allowed: number;
}

/** Ten allowed prefixes (a machine's own addresses, its gateways) unless said. */
export const conditions: readonly Condition[] = [
  { label: 'none', blocks: 0, allowed: 10 },
  { label: '10,000', blocks: 10_000, allowed: 10 },
  { label: '100,000', blocks: 100_000, allowed: 10 },
  { label: '1,000,000', blocks: 1_000_000, allowed: 10 },
  { label: '10,000, and 10,000 allowed', blocks: 10_000, allowed: 10_000 },
];

/** One row: a packet, and where it is measured. */
export interface Measured {
  readonly label: string;
  readonly frame: Uint8Array;
  /** Which of the bare programs does the same to it. */
  readonly action: 'drop' | 'pass';
  /** How it changes each time. */
  readonly change?: (blocks: number) => Change;
  /** The change depends on how many blocks there are. */
  readonly perBlocks?: boolean;
  /** It makes a record in the ring each time. */
  readonly connects?: boolean;
  readonly userMode?: boolean;
  readonly in: (condition: Condition) => boolean;
  /** The aim: a ratio. */
  readonly aim?: (condition: Condition) => number | undefined;
}

const always = (): boolean => true;
const whereBlocked = ({ blocks }: Condition): boolean => blocks > 0;
const at =
  (blocks: number, aim: number) =>
  (condition: Condition): number | undefined =>
    condition.blocks === blocks && condition.allowed === 10 ? aim : undefined;

const honest: readonly Measured[] = [
  { label: 'not IP', frame: frames.arp, action: 'pass', in: always, aim: at(10_000, 1.2) },
  { label: 'established data', frame: frames.data, action: 'pass', in: always, aim: at(10_000, 2.5) },
  { label: 'established data, IPv6', frame: frames.data6, action: 'pass', in: always },
  { label: 'SYN, repeated', frame: frames.syn, action: 'pass', in: always, aim: at(10_000, 7) },
  {
    label: 'SYN, one source, new port each (user mode)',
    frame: frames.synCurious,
    action: 'pass',
    change: () => ({ kind: 'port' }),
    connects: true,
    userMode: true,
    in: always,
    aim: at(10_000, 8),
  },
  {
    label: 'SYN, one allowed source, new port each',
    frame: frames.synFrom(allowedSource(1)),
    action: 'pass',
    change: () => ({ kind: 'port' }),
    connects: true,
    in: always,
  },
  {
    label: 'SYN, new source each',
    frame: frames.syn,
    action: 'pass',
    change: () => ({ kind: 'source', sources: 0x1000_0000, network: Network.honest }),
    connects: true,
    in: always,
    aim: at(10_000, 20),
  },
];

const blocked: readonly Measured[] = [
  {
    label: 'SYN, one blocked source',
    frame: frames.synFrom(blockedSource(0)),
    action: 'drop',
    in: whereBlocked,
    aim: at(10_000, 2.5),
  },
  { label: 'ACK flood of a blocked source', frame: frames.ackFrom(blockedSource(0)), action: 'drop', in: whereBlocked },
  { label: 'SYN, one blocked source, IPv6', frame: frames.syn6Blocked, action: 'drop', in: whereBlocked },
  {
    label: 'SYN, all blocked sources at random',
    frame: frames.syn,
    action: 'drop',
    change: (blocks) => ({ kind: 'source', sources: blocks, network: Network.blocked }),
    perBlocks: true,
    in: whereBlocked,
    aim: at(100_000, 12),
  },
];

export const packets: readonly Measured[] = [...honest, ...blocked];
