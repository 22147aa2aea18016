// Runs inside the namespace of the group `live`, on one processor; prints a LiveFigures.
import { attachXdp, type BpfProgram, listLinks, type XdpMode } from '@scanward/loader-native';
import { Forwarder, bareProgram } from '@scanward/testkit';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BLOCKS, type LiveOptions } from './groups/live-options.ts';
import { Owned } from './groups/owned.ts';
import { cpuMs } from './harness/cpu.ts';
import { interleave, type Task } from './harness/interleave.ts';
import { Network } from './kernel/addresses.ts';
import { frames } from './kernel/frames.ts';
import { liveRun } from './kernel/live-run.ts';
import { Shipped } from './kernel/shipped.ts';

const options = JSON.parse(process.argv[2]!) as LiveOptions;
const packets = options.quick ? 6_400 : 1_000_000;
const HONEST_SOURCES = 1_000;
const SETTLE_MS = 20;

/** The thread that does what is left of the packets' work; the processor is the one that we were put on. */
function softirqThread(): string {
  const found = readdirSync('/proc').find((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/comm`, 'latin1').trim() === 'ksoftirqd/0';
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('no ksoftirqd/0');
  return `/proc/${found}/schedstat`;
}

const softirq = softirqThread();
const softirqNs = (): number => Number(readFileSync(softirq, 'latin1').split(' ')[0]);

function interfaceIndex(name: string): number {
  const found = listLinks().find((link) => link.name === name);
  if (!found) throw new Error(`no interface ${name}`);
  return found.index;
}

const [v0, v1] = [interfaceIndex('v0'), interfaceIndex('v1')];
using stack = new Owned();

/** Packets that the driver's XDP saw, or that the interface received: all that were sent, or the figure is void. */
function received(): number {
  const line = readFileSync('/proc/net/dev', 'latin1')
    .split('\n')
    .find((text) => text.trim().startsWith('v1:'));
  return Number(line!.trim().split(/\s+/)[2]);
}

function task(name: string, program: BpfProgram, mode: XdpMode, sender: Forwarder, frame: Uint8Array): Task {
  return {
    name,
    async run() {
      using link = attachXdp(program, { ifindex: v1, mode });
      if (link.mode !== mode) throw new Error(`attached ${link.mode}`);
      liveRun(sender.program, frame, 64);
      await sleep(SETTLE_MS);
      const before = received();
      const start = cpuMs() * 1e6 + softirqNs();
      liveRun(sender.program, frame, packets);
      await sleep(SETTLE_MS);
      const spent = cpuMs() * 1e6 + softirqNs() - start;
      const arrived = received() - before;
      if (arrived < packets * 0.9) throw new Error(`${name}: ${arrived} of ${packets} packets arrived`);
      return spent / packets;
    },
  };
}

const blockedSender = (blocks: number): Forwarder =>
  stack.use(new Forwarder({ kind: 'source', sources: blocks, network: Network.blocked }, v0));
const honestSender = stack.use(new Forwarder({ kind: 'source', sources: HONEST_SOURCES, network: Network.honest }, v0));
const oneSender = blockedSender(BLOCKS[0]);
const drop = stack.use(bareProgram('drop'));
const pass = stack.use(bareProgram('pass'));

const tasks = [
  task('bare drop, native', drop, 'native', oneSender, frames.syn),
  task('bare drop, generic', drop, 'generic', oneSender, frames.syn),
  task('bare pass, native', pass, 'native', honestSender, frames.data),
  ...BLOCKS.flatMap((blocks) => {
    const { program } = stack.use(new Shipped({ blocks: options.quick ? 100 : blocks, allowed: 10 }));
    const sender = blockedSender(options.quick ? 100 : blocks);
    return [
      task(`blocked, native ${blocks}`, program, 'native', sender, frames.syn),
      task(`blocked, generic ${blocks}`, program, 'generic', sender, frames.syn),
      task(`honest, native ${blocks}`, program, 'native', honestSender, frames.data),
    ];
  }),
];

const figures = await interleave(tasks, options.rounds);
process.stdout.write(JSON.stringify(Object.fromEntries(figures)));
