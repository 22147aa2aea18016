import { parseAddress, buildFrame } from '@scanward/packet';
import { bareProgram, TestProgram } from '@scanward/testkit';
import { BlockReason } from '@scanward/map-codec';
import type { BpfProgram } from '@scanward/loader-native';
import type { GuestEvent } from '../types.ts';

const BLOCKED = '192.0.2.1';
const HONEST = '192.0.2.2';

const frame = (source: string, flags: number): Uint8Array =>
  buildFrame({
    network: { kind: 'ipv4', source, destination: '10.0.0.5' },
    transport: { kind: 'tcp', sourcePort: 40_000, destinationPort: 443, flags },
  });
const ACK = 0x10;
const SYN = 0x02;

type Ratio = Extract<GuestEvent, { event: 'ratio' }>;

/** Nanoseconds of a packet, over `repeat` runs in the kernel. */
const cost = (program: BpfProgram, data: Uint8Array, repeat: number): number =>
  Math.max(1, program.testRun({ data, repeat }).durationNs);

function measured(what: string, pairs: readonly number[]): Ratio {
  const sorted = [...pairs].sort((a, b) => a - b);
  return { event: 'ratio', what, median: sorted[sorted.length >> 1]!, low: sorted[0]!, high: sorted.at(-1)! };
}

/** What packets cost the program, as ratios to a bare program that is run in turn with it. */
export function ratios(emulated: boolean): Ratio[] {
  const [rounds, repeat] = emulated ? [5, 2_000] : [11, 100_000];
  using program = TestProgram.load({ clock: 'kernel' });
  program.setBlock(parseAddress(BLOCKED), {
    startNs: 0n,
    expiryNs: 0n,
    packets: 0n,
    bytes: 0n,
    reason: BlockReason.OPERATOR,
  });
  using pass = bareProgram('pass');
  using drop = bareProgram('drop');
  const rows = [
    { what: 'data, nobody blocked it', data: frame(HONEST, ACK), bare: pass },
    { what: 'a SYN, sent again', data: frame(HONEST, SYN), bare: pass },
    { what: 'a blocked source', data: frame(BLOCKED, ACK), bare: drop },
  ];
  return rows.map(({ what, data, bare }) =>
    measured(
      what,
      Array.from({ length: rounds }, () => cost(program.program, data, repeat) / cost(bare, data, repeat)),
    ),
  );
}
