import { Mode } from '@scanward/map-codec';
import { type BpfProgram, XdpVerdict } from '@scanward/loader-native';
import { Wrapper, bareProgram, Clock, clockProgram } from '@scanward/testkit';
import type { Group, Scale } from '../group.ts';
import { interleave, type Task } from '../harness/interleave.ts';
import { ratios, summarise } from '../harness/statistics.ts';
import { BLOCKED6_KEY } from '../kernel/frames.ts';
import { Shipped } from '../kernel/shipped.ts';
import type { Row, Table } from '../report/table.ts';
import { Owned } from './owned.ts';
import { conditions, type Condition, type Measured, packets } from './packets.ts';

/** Connections that the ring holds; more would be lost ones, which are cheaper. */
const RING_FILL = 100_000;

interface Bench {
  readonly shipped: readonly Shipped[];
  readonly bare: Readonly<Record<'drop' | 'pass', BpfProgram>>;
  readonly runs: number;
  /** At most so many blocks, whatever the condition. */
  readonly blocksMax: number;
}

const clocks = Object.keys(Clock) as (keyof typeof Clock)[];

/** Mean ns of one run. */
function measure(program: BpfProgram, packet: Measured, runs: number, drain?: () => number): number {
  const repeat = packet.connects ? Math.min(runs, RING_FILL) : runs;
  let total = 0;
  const calls = Math.ceil(runs / repeat);
  for (let call = 0; call < calls; call++) {
    const { verdict, durationNs } = program.testRun({ data: packet.frame, repeat });
    expectSame(packet, 'verdict', verdict, packet.action === 'drop' ? XdpVerdict.DROP : XdpVerdict.PASS);
    total += durationNs;
    const records = drain?.();
    if (records !== undefined && packet.connects) expectSame(packet, 'records', records, repeat);
  }
  return total / calls;
}

/** A figure of another path than the row says would be worse than none. */
function expectSame(packet: Measured, what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${packet.label}: ${what} ${found}, expected ${expected}`);
}

const nameOf = (packet: Measured, condition: Condition | 'bare'): string =>
  `${packet.label}, ${condition === 'bare' ? 'bare' : condition.label}`;

const bareTask = (packet: Measured, { bare, runs }: Bench, wrapper: Wrapper | undefined): Task => ({
  name: nameOf(packet, 'bare'),
  run() {
    const program = bare[packet.action];
    return measure(wrapper?.around(program) ?? program, packet, runs);
  },
});

function task(packet: Measured, index: number, bench: Bench, wrapper: Wrapper | undefined): Task {
  const condition = conditions[index]!;
  const shipped = bench.shipped[index]!;
  return {
    name: nameOf(packet, condition),
    run() {
      shipped.setPolicy({ mode: packet.userMode ? Mode.USER : Mode.KERNEL });
      const program = wrapper?.around(shipped.program) ?? shipped.program;
      return measure(program, packet, bench.runs, () => shipped.drain());
    },
  };
}

/** The packet with as many blocked sources as there are blocks needs a changer of its own for each number. */
function tasksOf(packet: Measured, bench: Bench, stack: Owned): Task[] {
  const wrapperFor = (blocks: number): Wrapper | undefined =>
    packet.change && stack.use(new Wrapper(packet.change(Math.min(blocks, bench.blocksMax))));
  const common = packet.change && !packet.perBlocks ? wrapperFor(1) : undefined;
  const own = (index: number): Wrapper | undefined =>
    packet.perBlocks ? wrapperFor(conditions[index]!.blocks) : common;
  const measured = conditions.flatMap((condition, index) => (packet.in(condition) ? [index] : []));
  return [
    bareTask(packet, bench, packet.perBlocks ? wrapperFor(1) : common),
    ...measured.map((index) => task(packet, index, bench, own(index))),
  ];
}

/** The bare program that takes the time once, on the first packet. */
function clockTasks(bench: Bench, owned: Owned): Task[] {
  const packet = packets[0]!;
  return clocks.map((clock) => {
    const measured = owned.use(clockProgram(clock));
    return { name: clock, run: () => measure(measured, packet, bench.runs) };
  });
}

/** For comparison: what a clock costs here. */
const clockRows = (figures: Map<string, number[]>): Row[] =>
  clocks.map((clock) => {
    const base = figures.get(nameOf(packets[0]!, 'bare'))!;
    const summary = summarise(ratios(figures.get(clock)!, base));
    return {
      label: `for comparison: bare XDP_PASS after ${clock}`,
      cells: [{ summary: summarise(base) }, { summary }, ...conditions.slice(1).map(() => undefined)],
    };
  });

function tableOf(figures: Map<string, number[]>): Table {
  return {
    name: 'program',
    title: 'Program, one packet by BPF_PROG_TEST_RUN',
    unit: 'ratio to a bare XDP_DROP or XDP_PASS in the same round, median and range; columns: blocks',
    columns: ['bare, ns', ...conditions.map(({ label }) => label)],
    rows: [
      ...packets.map((packet) => ({
        label: packet.label,
        cells: [
          { summary: summarise(figures.get(nameOf(packet, 'bare'))!) },
          ...conditions.map((condition) => {
            const values = figures.get(nameOf(packet, condition));
            if (!values) return undefined;
            const summary = summarise(ratios(values, figures.get(nameOf(packet, 'bare'))!));
            const aim = packet.aim?.(condition);
            return aim === undefined ? { summary } : { summary, aim: { atMost: aim } };
          }),
        ],
      })),
      ...clockRows(figures),
    ],
    notes: [
      'Nearly all of the bare program’s time is the test run itself, which is in every figure.',
      'Packets that change ("at random", "new") are changed by a small program that tail-calls the measured one; the bare program is called in the same way.',
      `New connections are written to the ring, which is emptied after each ${RING_FILL.toLocaleString('en')}: no record is lost, and the reader's time is not in the figure.`,
      'A source that touches a new port each time is a scanner after three: that row is in user mode, where each goes on to be a connection. A blocked or allowed source that takes another path has a row of its own.',
    ],
  };
}

export const program: Group = {
  name: 'program',
  async run(scale: Scale, progress) {
    using stack = new Owned();
    progress('loading');
    const blocksMax = scale.quick ? 1_000 : Infinity;
    const shipped = conditions.map(({ blocks, allowed }) => {
      const one = stack.use(new Shipped({ blocks: Math.min(blocks, blocksMax), allowed }));
      one.blockOne(BLOCKED6_KEY);
      return one;
    });
    const bare = { drop: stack.use(bareProgram('drop')), pass: stack.use(bareProgram('pass')) };
    const bench: Bench = { shipped, bare, runs: scale.quick ? 1_000 : 1_000_000, blocksMax };
    const tasks = [...packets.flatMap((packet) => tasksOf(packet, bench, stack)), ...clockTasks(bench, stack)];
    return tableOf(await interleave(tasks, scale.rounds, progress));
  },
};
