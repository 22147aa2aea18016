import { createPair, frameTo, Scanward, send, syn, type Host } from '@scanward/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Group } from '../group.ts';
import { interleave } from '../harness/interleave.ts';
import { summarise } from '../harness/statistics.ts';

const PORTS = 200;
/** By default the fourth port crosses the threshold. */
const BEFORE_CROSSING = 3;
const PERIOD_MS = 1_000;
const LATE_MS = 10_000;

let scanners = 0;
const nextScanner = (): string => `198.51.100.${++scanners}`;

/** Packets that XDP dropped in the victim's driver. */
async function drops({ ns }: Host): Promise<number> {
  const { stdout } = await ns.run('ethtool', ['-S', 'eth0']);
  return [...stdout.matchAll(/rx_queue_\d+_xdp_drops:\s*(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function scan(attacker: Host, victim: Host, source: string): Promise<void> {
  const frames = Array.from({ length: PORTS }, (_, i) => frameTo(attacker, victim, syn(i + 1), { source }));
  await send(attacker.ns, frames);
}

/** Packets of a scanner that reached the stack after the one that crossed the threshold. */
async function passedAfter(attacker: Host, victim: Host): Promise<number> {
  const before = await drops(victim);
  await scan(attacker, victim, nextScanner());
  const dropped = (await drops(victim)) - before;
  if (dropped === 0) throw new Error('nothing of the scan was dropped');
  return PORTS - BEFORE_CROSSING - dropped;
}

/** Milliseconds from the end of a scan, at any moment of the period, to the line that says that it is blocked. */
async function toBlock(attacker: Host, victim: Host, daemon: Scanward): Promise<number> {
  const source = nextScanner();
  await sleep(Math.random() * PERIOD_MS);
  await scan(attacker, victim, source);
  const end = performance.now();
  const { atMs } = await daemon.stdout.wait(new RegExp(`Blocked ${source.replaceAll('.', '\\.')} `), LATE_MS);
  return Math.max(0, atMs - end);
}

async function inMode<T>(
  mode: 'kernel' | 'user',
  use: (daemon: Scanward, attacker: Host, victim: Host) => Promise<T>,
): Promise<T> {
  await using pair = await createPair();
  await using daemon = await Scanward.start(pair.victim.ns, { args: ['--mode', mode, '-d', '1s', '--xdp', 'native'] });
  const result = await use(daemon, pair.attacker, pair.victim);
  await daemon.stop();
  return result;
}

export const reaction: Group = {
  name: 'reaction',
  async run(scale, progress) {
    const packets = await inMode('kernel', async (_, attacker, victim) =>
      interleave([{ name: 'kernel', run: () => passedAfter(attacker, victim) }], scale.rounds, progress),
    );
    const times = await inMode('user', async (daemon, attacker, victim) =>
      interleave([{ name: 'user', run: () => toBlock(attacker, victim, daemon) }], scale.rounds, progress),
    );
    return {
      name: 'reaction',
      title: 'Reaction',
      unit: 'as the rows say',
      columns: ['figure'],
      rows: [
        {
          label: `kernel mode: packets of ${PORTS} that passed after the one that crossed the threshold`,
          cells: [{ summary: summarise(packets.get('kernel')!), aim: { atMost: 0 } }],
        },
        {
          label: 'user mode, -d 1s: ms from the end of the scan to the block',
          cells: [{ summary: summarise(times.get('user')!) }],
        },
      ],
      notes: [
        `A scan of ${PORTS} ports as fast as one socket sends, over a veth pair. Kernel mode: what the driver's counter of XDP drops does not account for. User mode decides by its clock, so the block takes up to a period (the default is a minute): scans come at random moments of it.`,
      ],
    };
  },
};
