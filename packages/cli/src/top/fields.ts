import { formatAddress } from '@scanward/daemon';
import { Verdict } from '@scanward/map-codec';
import { blockFields } from '../commands/block-fields.ts';
import { isoOf } from '../commands/moment.ts';
import { lostStatus } from '../commands/status.ts';
import type { Frame } from './frame.ts';
import { rowOrder, sourceOrder, USUAL_ORDERS } from './orders.ts';
import { droppedOf, tally } from './rates.ts';
import type { BlockRow, SourceRow } from './rows.ts';

/** Rows of each table in one object. */
const ROWS = 10;

/** One interval as JSON has it. Counts are since the maps were made. */
export function frameFields({ now, name, daemon, links, counters, history, survey, ...limits }: Frame): object {
  const rates = history.at(-1);
  const dropped = droppedOf(counters);
  return {
    time: isoOf(now, now.monotonicNs),
    name,
    daemon: { running: daemon !== undefined, pid: daemon?.pid ?? null },
    interfaces: links.map((link) => ({ name: link.interface, mode: link.mode ?? null })),
    rates: rates
      ? {
          connections: rounded(rates.connections),
          probes: rounded(rates.probes),
          dropped: rounded(rates.dropped),
          dropped_bytes: rounded(rates.droppedBytes),
        }
      : null,
    connections: Number(tally(counters, Verdict.PASS_CONNECTION).packets),
    probes: Number(tally(counters, Verdict.PASS_PROBE).packets),
    dropped: { packets: Number(dropped.packets), bytes: Number(dropped.bytes) },
    lost: lostStatus(counters),
    sources: survey
      ? {
          several_ports: survey.sources.count,
          top: [...survey.sources.rows]
            .sort(sourceOrder(USUAL_ORDERS.sources))
            .slice(0, ROWS)
            .map((row) => sourceFields(row, isoOf(now, row.seenNs))),
        }
      : null,
    blocks: survey
      ? {
          sources: survey.blocks.sources,
          sources_max: limits.maxBlocks,
          nets: survey.blocks.nets,
          nets_max: limits.maxNets,
          made: Number(counters.blocksMade),
          top: [...survey.blocks.rows]
            .sort(rowOrder(USUAL_ORDERS.blocks))
            .slice(0, ROWS)
            .map((row) => rowFields(row, now)),
        }
      : null,
  };
}

const rounded = (rate: number): number => Math.round(rate * 1_000) / 1_000;

function sourceFields({ name, ports, over, state, destination }: SourceRow, lastSeen: string): object {
  return {
    source: name,
    ports,
    over,
    blocked: state === 'blocked',
    allowed: state === 'allowed',
    last_seen: lastSeen,
    last_destination: formatAddress(destination),
  };
}

function rowFields({ block, note, dropRate }: BlockRow, now: Frame['now']): object {
  return { ...blockFields(block, note, now), packets_per_second: dropRate === undefined ? null : rounded(dropRate) };
}
