import { Namespace } from '@scanward/testkit';
import { fileURLToPath } from 'node:url';
import type { Group } from '../group.ts';
import { ratios, summarise } from '../harness/statistics.ts';
import type { Aim, Cell } from '../report/table.ts';
import { BLOCKS, type LiveFigures, type LiveOptions } from './live-options.ts';

const script = fileURLToPath(new URL('../live-main.js', import.meta.url));
const MINUTES_MS = 10 * 60_000;

/** Both ends of a cable in a namespace of its own, where the frames are made, sent and judged on one processor. */
async function measure(options: LiveOptions): Promise<LiveFigures> {
  const ns = await Namespace.create(`scw-${process.pid}-bench-live`);
  try {
    await ns.sysctl({ 'net.ipv6.conf.all.disable_ipv6': 1, 'net.ipv6.conf.default.disable_ipv6': 1 });
    await ns.ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    for (const end of ['v0', 'v1']) await ns.ip('link', 'set', end, 'up');
    // Without XDP in the driver a veth takes redirected frames only while it has GRO.
    await ns.run('ethtool', ['-K', 'v1', 'gro', 'on']);
    const args = ['-c', '0', process.execPath, script, JSON.stringify(options)];
    const { stdout } = await ns.run('taskset', args, { timeoutMs: MINUTES_MS });
    return JSON.parse(stdout) as LiveFigures;
  } finally {
    await ns.remove();
  }
}

const aims: Readonly<Record<string, readonly (Aim | undefined)[]>> = {
  'blocked, native': [undefined, { atMost: 1.5 }, { atMost: 2.3 }, { atMost: 3 }],
  'honest, native': [undefined, undefined, undefined, { atMost: 1.4 }],
};

const LABELS: Readonly<Record<string, string>> = {
  'blocked, native': 'SYNs of blocked sources at random, native',
  'honest, native': 'data of 1,000 honest sources, native (to bare XDP_PASS)',
  'blocked, generic': 'SYNs of blocked sources at random, generic (to bare native XDP_DROP)',
};

export const live: Group = {
  name: 'live',
  async run(scale, progress) {
    progress('in a process of its own');
    const figures = await measure({ quick: scale.quick, rounds: scale.rounds });
    const bareOf = (kind: string): number[] =>
      figures[kind.startsWith('honest') ? 'bare pass, native' : 'bare drop, native']!;
    const cells = (kind: string): (Cell | undefined)[] =>
      ['bare', ...BLOCKS].map((column, index) => {
        const values = figures[`${kind} ${column}`];
        if (!values) return undefined;
        const aim = aims[kind]?.[index];
        return { summary: summarise(ratios(values, bareOf(kind))), ...(aim && { aim }) };
      });
    const ns = (name: string): Cell => ({ summary: summarise(figures[name]!) });
    return {
      name: 'live',
      title: 'Live frames over a veth pair',
      unit: 'CPU time a packet, the sender’s with it, as ratio to a bare program in the same round; columns: blocks',
      columns: ['bare, ns', 'bare generic, ratio', ...BLOCKS.map((blocks) => blocks.toLocaleString('en'))],
      rows: Object.keys(LABELS).map((kind) => {
        const [, ...byBlocks] = cells(kind);
        const bareGeneric: Cell | undefined = kind.endsWith('generic')
          ? { summary: summarise(ratios(figures['bare drop, generic']!, bareOf(kind))) }
          : undefined;
        const bareNs = kind.startsWith('honest') ? ns('bare pass, native') : ns('bare drop, native');
        return { label: LABELS[kind]!, cells: [bareNs, bareGeneric, ...byBlocks] };
      }),
      notes: [
        'Frames by BPF_PROG_TEST_RUN with live frames, 64 at a time, redirected into one end of a veth pair; the program is attached to the other end. All on one processor: the time of the sending process and of its ksoftirqd together.',
        'Honest frames are passed and then dropped by the stack, since they are for another hardware address.',
      ],
    };
  },
};
