import type { DistributedScanEvent, ScanEndEvent } from '@scanward/daemon';
import { counted, shortCount } from '../tables/count.ts';
import { localMinute } from '../tables/local-time.ts';
import { type Column, Table } from '../tables/table.ts';
import type { Style } from '../tables/style.ts';

/** A scan that was kept. */
export type KeptScan = ScanEndEvent | DistributedScanEvent;

/** So many ports fit. */
const PORTS_SHOWN = 3;
const OPEN_SHOWN = 1;

// 80 columns with the spaces between.
const columns: readonly Column[] = [
  { title: 'WHEN', width: 16 },
  { title: 'SOURCE', width: 15 },
  { title: 'KIND', width: 8 },
  { title: 'SHAPE', width: 11 },
  { title: 'PORTS', width: 11 },
  { title: 'OPEN', width: 6 },
  { title: 'DROPPED', width: 7, align: 'right' },
];

export const scanTable = (style: Style): Table => new Table(columns, style);

/** The row of a scan. What nobody found out is `-`. */
export function cellsOf(scan: KeptScan): string[] {
  const ports = `${scan.portsCount}: ${scan.ports.slice(0, PORTS_SHOWN).join(',')}`;
  if (scan.kind === 'distributed scan') {
    return [localMinute(scan.timeMs), counted(scan.sourcesCount, 'source'), '-', 'distributed', ports, '-', '-'];
  }
  const { timeMs, sourcePrefix, probeKind = '-', shape = '-', open, openCount, dropped } = scan;
  const listened = open === undefined ? '-' : openText(open, openCount);
  return [
    localMinute(timeMs),
    sourcePrefix,
    probeKind,
    shape,
    ports,
    listened,
    dropped ? shortCount(dropped.packets) : '-',
  ];
}

function openText(open: readonly number[], count: number): string {
  const more = count - OPEN_SHOWN;
  return count === 0 ? 'none' : `${open.slice(0, OPEN_SHOWN).join()}${more > 0 ? ` and ${more}` : ''}`;
}
