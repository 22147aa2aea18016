import { formatEndpoint } from './addresses.ts';
import type { BlockEvent, DaemonEvent, Format, LostEvent, ScanEvent } from './events.ts';

const REASONS = { scan: 'port scan', operator: 'operator' } as const;

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
    case 'block':
      return blockSentence(event, local);
    case 'unblock':
      return `Unblocked ${event.sourcePrefix}`;
    case 'lost':
      return lostSentence(event);
  }
}

function scanSentence(event: ScanEvent): string {
  const kind = event.probe === undefined || event.probe === 'syn' ? '' : ` (${event.probe})`;
  return `Port scan detected: ${event.sourcePrefix} -> ${event.destination} on ports ${event.ports.join(',')}${kind}`;
}

function blockSentence(event: BlockEvent, local: LocalTime): string {
  const end = event.untilMs === undefined ? 'for ever' : `until ${local(event.untilMs)}`;
  return `Blocked ${event.sourcePrefix} ${end} (${REASONS[event.reason]})`;
}

function lostSentence({ count, what, cause }: LostEvent): string {
  return `Lost ${count} ${count === 1 ? what.slice(0, -1) : what} (${cause})`;
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
