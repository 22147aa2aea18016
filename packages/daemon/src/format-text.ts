import { formatEndpoint } from './addresses.ts';
import { formatDuration } from './duration-text.ts';
import type {
  BlockEvent,
  DaemonEvent,
  DistributedScanEvent,
  Format,
  LostEvent,
  ScanEndEvent,
  ScanEvent,
  ScanLabels,
} from './events.ts';

const REASONS = { scan: 'port scan', operator: 'operator', list: 'list' } as const;

/** Lines for people: `2021-04-28 15:28:05: New connection: 192.0.2.56:5973 -> 10.0.0.5:80`. Local time. */
export function textFormat(): Format {
  const local = localTime();
  return (event) => `${local(event.timeMs)}: ${sentence(event, local)}`;
}

type LocalTime = (timeMs: number) => string;

function sentence(event: DaemonEvent, local: LocalTime): string {
  switch (event.kind) {
    case 'connection':
      return (
        `New connection: ${formatEndpoint(event.source, event.sourcePort)} -> ` +
        formatEndpoint(event.destination, event.destinationPort)
      );
    case 'scan':
      return scanSentence(event);
    case 'scan end':
      return scanEndSentence(event);
    case 'distributed scan':
      return distributedSentence(event);
    case 'block':
      return blockSentence(event, local);
    case 'unblock':
      return `Unblocked ${event.sourcePrefix}`;
    case 'lost':
      return lostSentence(event);
  }
}

function scanSentence(event: ScanEvent): string {
  const ports = event.ports.join(',');
  return `Port scan detected: ${event.sourcePrefix} -> ${event.destination} on ports ${ports}${labels(event)}`;
}

function scanEndSentence(event: ScanEndEvent): string {
  const { sourcePrefix, destination, portsCount, lastMs, firstMs, dropped } = event;
  const parts = [
    `${sourcePrefix} -> ${destination}`,
    `${counted(portsCount, 'port')} in ${formatDuration(lastMs - firstMs)}`,
    ...(event.open ? [`open ${openPorts(event.open, event.openCount)}`] : []),
    dropped ? `dropped ${counted(dropped.packets, 'packet')} (${counted(dropped.bytes, 'byte')})` : 'not blocked',
  ];
  return `Port scan ended: ${parts.join(', ')}${labels(event)}`;
}

function distributedSentence({ sourcesCount, ports, portsCount, windowS }: DistributedScanEvent): string {
  const more = portsCount > ports.length ? ` and ${portsCount - ports.length} more` : '';
  const time = formatDuration(windowS * 1_000);
  return `Port scan detected: ${sourcesCount} sources on ports ${ports.join(',')}${more} in ${time} (distributed, uncertain)`;
}

function openPorts(open: readonly number[], count: number): string {
  const more = count - open.length;
  return (open.join(',') || 'none') + (more > 0 ? ` and ${more} more` : '');
}

/** What is not said is as it mostly is. */
function labels({ probeKind, shape, addressesCount, attribution }: ScanLabels): string {
  const words = [
    probeKind === 'syn' ? undefined : probeKind,
    shape === 'vertical' ? undefined : shape,
    addressesCount === undefined ? undefined : counted(addressesCount, 'address'),
    attribution === 'certain' ? undefined : attribution,
  ].filter((word) => word !== undefined);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

const counted = (count: number | bigint, word: string): string => {
  const ending = word.endsWith('s') ? 'es' : 's';
  return `${count} ${word}${Number(count) === 1 ? '' : ending}`;
};

function blockSentence(event: BlockEvent, local: LocalTime): string {
  const end = event.untilMs === undefined ? 'for ever' : `until ${local(event.untilMs)}`;
  return `Blocked ${event.sourcePrefix} ${end} (${REASONS[event.reason]})`;
}

function lostSentence({ count, what, cause }: LostEvent): string {
  return `Lost ${counted(count, what.slice(0, -1))} (${cause})`;
}

/** `YYYY-MM-DD HH:MM:SS`; many packets share a second, so the last one is remembered. */
function localTime(): LocalTime {
  let second = NaN;
  let text = '';
  return (timeMs) => {
    const wanted = Math.floor(timeMs / 1000);
    if (wanted !== second) {
      second = wanted;
      text = spell(new Date(wanted * 1000));
    }
    return text;
  };
}

function spell(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
