import { FLOOD_SOURCES_MAX } from '@scanward/testkit';
import type { Group, Scale } from '../group.ts';
import { interleave, type Progress } from '../harness/interleave.ts';
import { summarise } from '../harness/statistics.ts';
import { MAX_BLOCKS, SCANNERS, Siege, type SiegeOptions } from '../kernel/siege.ts';
import type { Aim, Row } from '../report/table.ts';

const ROUNDS = 3;

/** Forged SYNs between two probes of one scanner. */
const PER_PROBE = [30_000, 100_000, 333_000, 1_000_000];
/** Up to so many all scanners are to be found. */
const JUDGED_PER_PROBE = 100_000;
const perProbe = ({ quick }: Scale): number[] => (quick ? [100] : PER_PROBE);

interface Setting extends SiegeOptions {
  readonly label: string;
  /** The aims hold for it. */
  readonly isJudged: boolean;
}

const SIZES = [
  { label: 'default', sourceSets: 16_384, singleLines: 131_072 },
  { label: '`--max-sources 1000000`', sourceSets: 250_000, singleLines: 2_000_000 },
];
const FLOODS = [
  { label: 'random sources', sources: FLOOD_SOURCES_MAX },
  { label: 'pool of 1,000,000 sources', sources: 1_000_000 },
];

const settingsOf = ({ quick }: Scale): Setting[] =>
  FLOODS.flatMap(({ label, sources }) =>
    SIZES.map((size, place) => ({
      ...(quick ? { sourceSets: 16, singleLines: 128 } : size),
      label: `${label}, ${size.label}`,
      sources,
      isJudged: place === 0 && sources === FLOOD_SOURCES_MAX,
    })),
  );

async function rowOf(setting: Setting, scale: Scale, progress: Progress): Promise<Row> {
  progress(`${setting.label}: filling the tables`);
  using siege = new Siege(setting);
  const rounds = Math.min(ROUNDS, scale.rounds);
  const tasks = perProbe(scale).map((flood) => ({
    name: `${setting.label}, ${flood}`,
    run: () => siege.measure(flood).found,
  }));
  const figures = await interleave(tasks, rounds, progress);
  const aim = (is: boolean, bound: Aim): { aim?: Aim } => (is && setting.isJudged ? { aim: bound } : {});
  return {
    label: setting.label,
    cells: [
      ...[...figures.values()].map((values, i) => ({
        summary: summarise(values),
        ...aim(PER_PROBE[i]! <= JUDGED_PER_PROBE, { atLeast: SCANNERS }),
      })),
      { summary: summarise([siege.forgedBlocks]) },
      { summary: summarise([siege.megabytes]), ...aim(true, { atMost: 32 }) },
      { summary: summarise(siege.measured.map(({ floodSynNs }) => floodSynNs)) },
    ],
  };
}

export const flood: Group = {
  name: 'flood',
  async run(scale, progress) {
    const rows: Row[] = [];
    // One after the other: the large tables need half a gigabyte.
    for (const setting of settingsOf(scale)) rows.push(await rowOf(setting, scale, progress));
    return {
      name: 'flood',
      title: 'Scanners hidden in a flood of forged SYNs',
      unit: `how many of ${SCANNERS} scanners were dropped at their fourth port and reported; columns: forged SYNs between two probes of one scanner`,
      columns: [
        ...perProbe(scale).map((flood) => flood.toLocaleString('en')),
        'forged sources blocked',
        'kernel memory for sources, MB',
        'ns a forged SYN',
      ],
      rows,
      notes: [
        `All on one processor by BPF_PROG_TEST_RUN, policy and clock as shipped, rounds: ${Math.min(ROUNDS, scale.rounds)}. The scanners send their probes a quarter of them at a time. The tables were full of the flood before the first probe, and each measurement was shorter than the window. Every packet, connection and scan was accounted for: read, or counted as lost.`,
        'Random: a source out of 2^31 and a port at random each time; now and then one comes with a fourth port by chance. Pool: the same out of 1,000,000 addresses, so that forged sources have several ports each: those with four are scanners to any rule, and are reported and blocked.',
        `While the blocklist had room (${MAX_BLOCKS.toLocaleString('en')} by default) every scanner that was found was blocked: its next packet after the flood was dropped for that. Once a pool has filled it, what a scanner sends is dropped for as long as its ports are remembered, and that it was not blocked is counted and reported.`,
        'ns: of the flood alone, the test run, the change of the packet and the record in the ring included.',
      ],
    };
  },
};
