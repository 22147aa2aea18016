import { formatAddress, formatPrefix, type SourceStore } from '@scanward/daemon';
import type { Endian } from '@scanward/map-codec';
import { grouped } from '../tables/count.ts';
import { localSecond } from '../tables/local-time.ts';
import { type Column, Table } from '../tables/table.ts';
import { firstOf, compareAddresses } from './block-order.ts';
import type { PolicyReader, SingleCounter } from './instance.ts';
import type { Look } from './look.ts';
import { isoOf, type Moment, wallMsOf } from './moment.ts';
import { type SeenSource, sourceReader } from './seen-source.ts';

/** What `scanward sources` was asked for. */
export interface SourcesOptions {
  readonly limit: number | undefined;
}

/** As much of an instance as this needs. */
export interface ListedSources {
  readonly endian: Endian;
  readonly sources: Pick<SourceStore, 'visit'>;
  readonly singles: SingleCounter;
  readonly policy: PolicyReader;
}

/** Ports shown in the table of those that have more than fit a line. */
const PORTS_SHOWN = 4;

const columns: readonly Column[] = [
  { title: 'SOURCE', width: 18 },
  { title: 'PORTS', width: 5, align: 'right' },
  { title: 'OVER', width: 4 },
  { title: 'LAST SEEN', width: 19 },
  { title: 'LAST PORTS', width: 30 },
];

/** The lines of `scanward sources`: the most ports first, then the last seen; those with one port so far in the last line. */
export function* sourcesLines(
  { limit }: SourcesOptions,
  instance: ListedSources,
  now: Moment,
  { json, style }: Look,
): Generator<string> {
  const policy = instance.policy.read();
  const read = sourceReader(instance.endian, policy, now.monotonicNs);
  const seen: SeenSource[] = [];
  instance.sources.visit((bytes, offset) => {
    const source = read(bytes, offset);
    if (source.ports.length > 0) seen.push(source);
  });
  const listed = firstOf(seen, order, limit);
  const table = new Table(columns, style);
  if (!json) yield table.heading();
  for (const source of listed) yield* json ? [JSON.stringify(fieldsOf(source, now))] : table.row(cellsOf(source, now));
  const singles = instance.singles.fresh(now.monotonicNs, policy.windowNs);
  const unlisted = seen.length - listed.length;
  if (json) yield JSON.stringify({ unlisted, one_port_sources: singles });
  else yield `${unlisted > 0 ? `${grouped(unlisted)} more, ` : ''}and ${grouped(singles)} with one port so far`;
}

function order(a: SeenSource, b: SeenSource): number {
  return b.ports.length - a.ports.length || Number(b.seenNs - a.seenNs) || compareAddresses(a.source, b.source);
}

function cellsOf({ source, bits, ports, over, seenNs }: SeenSource, now: Moment): string[] {
  return [
    formatPrefix(source, bits),
    String(ports.length),
    over ? 'yes' : 'no',
    localSecond(wallMsOf(now, seenNs)),
    ports.length > PORTS_SHOWN + 1 ? `${ports.slice(0, PORTS_SHOWN).join(',')},…` : ports.join(','),
  ];
}

function fieldsOf({ source, bits, destination, ports, over, seenNs }: SeenSource, now: Moment): object {
  return {
    source: formatPrefix(source, bits),
    ports,
    over,
    last_seen: isoOf(now, seenNs),
    last_destination: formatAddress(destination),
  };
}
