import { buildNative, command, createPair, flood, type Host, type NativeTool } from '@scanward/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Group, Scale } from '../group.ts';
import { interleave, type Progress, type Task } from '../harness/interleave.ts';
import { summarise } from '../harness/statistics.ts';
import { fillBlocks } from '../kernel/fill-blocks.ts';
import { cpuSeconds, residentMiB } from '../kernel/process.ts';
import { Shipped } from '../kernel/shipped.ts';
import { newDetector } from '../new-detector.ts';
import type { Aim, Cell, Row } from '../report/table.ts';
import { type Running, startDaemon } from './running.ts';

const RATES = [0, 10_000, 100_000] as const;
const MODES = ['kernel', 'user'] as const;
const BURSTS_A_SECOND = 10;
/** Filling a million takes long: fewer rounds of it. */
const FULL_ROUNDS = 2;
/** A few periods of both watchers. */
const SETTLE_MS = 4_000;

interface Wire {
  readonly victim: Host;
  readonly attacker: Host;
  readonly tool: NativeTool;
}

/** All figures of all rounds, by name. */
class Figures {
  readonly #all = new Map<string, number[]>();

  add(name: string, figure: number): void {
    this.#all.set(name, [...(this.#all.get(name) ?? []), figure]);
  }

  cell(name: string, aim?: Aim): Cell {
    return { summary: summarise(this.#all.get(name) ?? []), ...(aim && { aim }) };
  }
}

let seed = 1;

/** Sends connections in ten bursts a second; the rate that was reached. */
async function send({ tool, attacker, victim }: Wire, rate: number, seconds: number): Promise<number> {
  const start = performance.now();
  const bursts = Math.round(seconds * BURSTS_A_SECOND);
  for (let burst = 0; burst < bursts; burst++) {
    if (rate > 0) await flood(tool, attacker, victim, rate / BURSTS_A_SECOND, seed++);
    const due = start + ((burst + 1) * 1_000) / BURSTS_A_SECOND;
    await sleep(Math.max(0, due - performance.now()));
  }
  return (rate * seconds * 1_000) / (performance.now() - start);
}

async function withDaemon<T>(wire: Wire, args: readonly string[], use: (daemon: Running) => Promise<T>): Promise<T> {
  const daemon = await startDaemon(wire.victim.ns, args);
  try {
    return await use(daemon);
  } finally {
    await daemon.stop();
  }
}

/** One life: attached, idle, and under each rate. */
async function life(wire: Wire, mode: string, seconds: number, figures: Figures): Promise<number> {
  return withDaemon(wire, ['--mode', mode, '-d', '1s'], async ({ pid, attachedMs }) => {
    figures.add(`attached ${mode}`, attachedMs);
    await sleep(seconds * 500);
    figures.add(`idle ${mode}`, residentMiB(pid).total);
    for (const rate of RATES) {
      const [cpu, start] = [cpuSeconds(pid), performance.now()];
      const reached = await send(wire, rate, seconds);
      figures.add(`cpu ${rate} ${mode}`, ((cpuSeconds(pid) - cpu) / (performance.now() - start)) * 1e5);
      figures.add(`rate ${rate}`, reached);
    }
    return attachedMs;
  });
}

/** One life with as many sources and blocks as the flags allow. */
async function full(wire: Wire, mode: string, count: number, settleMs: number, figures: Figures): Promise<number> {
  const args = ['--mode', mode, '-d', '1s', '--max-sources', String(count), '--max-blocks', String(count)];
  return withDaemon(wire, args, async ({ pid, attachedMs }) => {
    figures.add(`attached full ${mode}`, attachedMs);
    await flood(wire.tool, wire.attacker, wire.victim, count, seed++);
    await sleep(settleMs);
    figures.add(`sources ${mode}`, residentMiB(pid).total);
    fillBlocks(pid, count);
    await sleep(settleMs);
    figures.add(`blocks ${mode}`, residentMiB(pid).total);
    figures.add(`blocks anonymous ${mode}`, residentMiB(pid).anonymous);
    return attachedMs;
  });
}

function rowsOf(figures: Figures, count: number): Row[] {
  const row = (label: string, name: string, aim?: Aim): Row => ({
    label,
    cells: MODES.map((mode) => figures.cell(`${name} ${mode}`, aim)),
  });
  const many = count.toLocaleString('en');
  return [
    row('start to attached, ms', 'attached', { atMost: 400 }),
    row(`start to attached with room for ${many} sources and blocks, ms`, 'attached full'),
    { label: 'of which Node by itself (node -e 0, start to end), ms', cells: MODES.map(() => figures.cell('node')) },
    { label: 'of which loading the program, the verifier with it, ms', cells: MODES.map(() => figures.cell('load')) },
    row('resident, idle, MiB', 'idle', { atMost: 90 }),
    row(`resident, ${many} sources, MiB`, 'sources', { atMost: 200 }),
    row(`resident, ${many} sources and blocks, MiB`, 'blocks', { atMost: 200 }),
    {
      label: `reserved, not all of it resident: the detector’s tables for ${many} sources, MiB`,
      cells: [undefined, figures.cell('tables')],
    },
    row(`of which its own (anonymous), MiB`, 'blocks anonymous'),
    ...RATES.map((rate) =>
      row(`CPU at ${rate.toLocaleString('en')} connections a second, % of one processor`, `cpu ${rate}`),
    ),
    ...RATES.slice(1).map((rate) => ({
      label: `reached of ${rate.toLocaleString('en')} connections a second`,
      cells: [figures.cell(`rate ${rate}`), undefined],
    })),
  ];
}

const MIB = 2 ** 20;

/** What the figures of the daemon are made of, each by itself. */
function partsOf(figures: Figures, count: number): Task[] {
  const both = (name: string, figure: number): number => {
    figures.add(name, figure);
    return figure;
  };
  return [
    {
      name: 'node alone',
      async run() {
        const start = performance.now();
        await command(process.execPath, ['-e', '0']);
        return both('node', performance.now() - start);
      },
    },
    {
      name: 'load alone',
      run() {
        const start = performance.now();
        new Shipped({ blocks: 0, allowed: 0 }).close();
        return both('load', performance.now() - start);
      },
    },
    {
      name: 'tables of the detector',
      run() {
        const before = process.memoryUsage().arrayBuffers;
        const detector = newDetector(count);
        const grown = process.memoryUsage().arrayBuffers - before;
        if (detector.table.slots < count) throw new Error('the detector is too small');
        return both('tables', grown / MIB);
      },
    },
  ];
}

async function measure(wire: Wire, scale: Scale, progress: Progress, figures: Figures, count: number): Promise<void> {
  const seconds = scale.quick ? 0.2 : 2;
  const lives = MODES.map((mode) => ({ name: mode, run: () => life(wire, mode, seconds, figures) }));
  await interleave([...lives, ...partsOf(figures, count)], scale.rounds, progress);
  const fulls = MODES.map((mode) => ({
    name: `full ${mode}`,
    run: () => full(wire, mode, count, scale.quick ? 100 : SETTLE_MS, figures),
  }));
  await interleave(fulls, Math.min(FULL_ROUNDS, scale.rounds), progress);
}

export const daemon: Group = {
  name: 'daemon',
  async run(scale, progress) {
    const count = scale.quick ? 1_000 : 1_000_000;
    const figures = new Figures();
    await using tool = await buildNative('flood');
    await using pair = await createPair();
    await measure({ victim: pair.victim, attacker: pair.attacker, tool }, scale, progress, figures, count);
    return {
      name: 'daemon',
      title: 'Daemon',
      unit: 'as the rows say; columns: who decides',
      columns: MODES.map((mode) => `--mode ${mode}`),
      rows: rowsOf(figures, count),
      notes: [
        'The command as a user runs it, `-d 1s`, on a veth pair, its lines written to /dev/null; every connection has another source. Connections come in ten bursts a second. CPU is the daemon’s own; what the packets cost in the kernel is in the tables above.',
        `With ${count.toLocaleString('en')} sources and blocks: rounds: ${Math.min(FULL_ROUNDS, scale.rounds)}. Resident memory counts the pages of the rings that it has read (8 MiB, mapped twice), which are the kernel’s.`,
      ],
    };
  },
};
