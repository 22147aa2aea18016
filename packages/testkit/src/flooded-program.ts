import type { BpfProgram } from '@scanward/loader-native';
import { Verdict, type Scan } from '@scanward/map-codec';
import { buildFrame } from '@scanward/packet';
import { Wrapper } from './changer.ts';
import { OneCpu } from './one-cpu.ts';
import type { JudgedOn, TestProgram } from './program.ts';

/** Distinct addresses that a flood is drawn from at most: 128.0.0.0/1. */
export const FLOOD_SOURCES_MAX = 2 ** 31;
const FLOOD_NETWORK = 0x8000_0000;
/** Fewer than the ring of connections has room for. */
const READ_EVERY = 100_000;

const FLOOD_SYN = buildFrame({
  network: { kind: 'ipv4', source: '128.0.0.0', destination: '10.0.0.5' },
  transport: { kind: 'tcp', sourcePort: 40_000, destinationPort: 0 },
});

export interface FloodOptions {
  /** How many addresses the sources are drawn from, at random and each with a random port; at most `FLOOD_SOURCES_MAX`. */
  readonly sources: number;
  /** How far a program's test clock moves on with each packet; default 0. */
  readonly spacingNs?: bigint;
}

/** What the program did with one packet, and the scans that it reported. */
export interface JudgedPacket extends JudgedOn {
  readonly scans: readonly Scan[];
}

/** Packets and records that are on one side of the books only. */
export interface Unaccounted {
  /** Run, but in no verdict. */
  readonly packets: bigint;
  /** Passed as connections, but neither read nor counted as lost. */
  readonly connections: bigint;
  /** Blocks made, refused and capped, but neither read as scans nor counted as lost. */
  readonly scans: bigint;
}

/** What `unaccounted()` returns when nothing is lost silently. */
export const ALL_ACCOUNTED: Unaccounted = { packets: 0n, connections: 0n, scans: 0n };

/**
 * A program under a flood of forged SYNs, all on one CPU: what runs through it and what its rings say goes through here,
 * to the packet. The program must be new. The flood is the same in every run.
 */
export class FloodedProgram implements Disposable {
  readonly program: TestProgram;
  readonly #cpu = new OneCpu();
  readonly #spacingNs: bigint;
  readonly #wrapper: Wrapper;
  readonly #wrapped: BpfProgram;
  #packets = 0;
  #connections = 0;
  #scans = 0;

  constructor(program: TestProgram, { sources, spacingNs = 0n }: FloodOptions) {
    this.program = program;
    this.#spacingNs = spacingNs;
    this.#wrapper = new Wrapper({ kind: 'flood', sources, network: FLOOD_NETWORK });
    // Once: the kernel waits for all processors whenever a tail call gets another target.
    this.#wrapped = this.#wrapper.around(program.program);
  }

  /**
   * Runs so many forged SYNs in the kernel, and empties the rings after each `readEvery` of them. Returns the nanoseconds
   * that they took there, the test run's own included.
   */
  flood(count: number, readEvery = READ_EVERY): number {
    let ns = 0;
    for (let left = count; left > 0; left -= readEvery) {
      const repeat = Math.min(left, readEvery);
      this.#pass(repeat);
      ns += repeat * this.#wrapped.testRun({ data: FLOOD_SYN, repeat }).durationNs;
      this.#read();
    }
    // So that the next packet's verdict is the only one that moved.
    this.program.counters();
    return ns;
  }

  /** Runs one packet; what became of it, and what scans it made. */
  run(frame: Uint8Array): JudgedPacket {
    this.#pass(1);
    const judged = this.program.judge(() => this.program.program.testRun({ data: frame }).verdict);
    return { ...judged, scans: this.#read() };
  }

  #pass(packets: number): void {
    this.#packets += packets;
    this.program.advance(BigInt(packets) * this.#spacingNs);
  }

  #read(): Scan[] {
    this.#connections += this.program.countConnections();
    const scans = this.program.takeScans();
    this.#scans += scans.length;
    return scans;
  }

  /** Holds what ran and what was read against the program's own counters. */
  unaccounted(): Unaccounted {
    const { verdicts, connectionsLost, scansLost, blocksMade, blocksRefused, blocksCapped } = this.program.counters();
    const counted = verdicts.reduce((sum, { packets }) => sum + packets, 0n);
    return {
      packets: BigInt(this.#packets) - counted,
      connections: verdicts[Verdict.PASS_CONNECTION]!.packets - BigInt(this.#connections) - connectionsLost,
      scans: blocksMade + blocksRefused + blocksCapped - BigInt(this.#scans) - scansLost,
    };
  }

  /** Leaves the program open. */
  [Symbol.dispose](): void {
    this.#cpu[Symbol.dispose]();
    this.#wrapper[Symbol.dispose]();
  }
}
