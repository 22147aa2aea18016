import { by, counter, type Family, gauge } from './family.ts';
import type { MetricsFigures } from './metrics-figures.ts';

/** Who is blocked, and how much room there is. */
export function blockFamilies({ daemon, tables }: Pick<MetricsFigures, 'daemon' | 'tables'>): Family[] {
  const { counters, blocks } = daemon;
  return [
    gauge('blocks', 'Blocks now.', by('type', { source: tables.blocks, net: tables.nets })),
    counter('blocks_made', 'Blocks made, by who did it.', by('by', { program: counters.blocksMade, ...blocks.made })),
    counter('blocks_ended', 'Blocks that ran out or were lifted.', blocks.ended),
    counter('blocks_refused', 'Blocks of scanners that were not made: the blocklist was full, or over its cap.', [
      [{ cause: 'full', by: 'program' }, counters.blocksRefused],
      [{ cause: 'full', by: 'daemon' }, blocks.refused],
      [{ cause: 'cap', by: 'program' }, counters.blocksCapped],
      [{ cause: 'cap', by: 'daemon' }, blocks.capped],
    ]),
    gauge(
      'table_entries',
      'Entries of a table now; of sources, when they were last looked at.',
      by('table', { blocks: tables.blocks, nets: tables.nets, allow: daemon.allowed, sources: daemon.sources }),
    ),
    gauge('table_max_entries', 'Room of a table.', by('table', tables.max)),
    counter(
      'evictions',
      'What made room in a table before its time.',
      by('table', {
        sources: counters.sourcesEvicted,
        singles: counters.singlesEvicted,
        syns: counters.synsEvicted,
      }),
    ),
  ];
}
