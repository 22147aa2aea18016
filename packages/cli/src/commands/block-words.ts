import { type BlockEntry, type BlockNote, formatPrefix } from '@scanward/daemon';
import { localSecond } from '../tables/local-time.ts';
import { counted } from '../tables/count.ts';
import { shortSpan } from '../tables/span.ts';
import { portsOf } from './block-fields.ts';
import { type Moment, wallMsOf } from './moment.ts';
import { printable } from './note-text.ts';

/** `scan 21,22,23,80`, `operator: see ticket 4711`. */
export function whyText({ reason }: BlockEntry, note: BlockNote | undefined): string {
  const ports = note?.ports.length ? ` ${portsOf(note).join(',')}` : '';
  const text = note?.text ? `: ${printable(note.text)}` : '';
  return `${reason}${ports}${text}`;
}

/** `59m58s`, `forever`. */
export function leftText({ expiryNs }: Pick<BlockEntry, 'expiryNs'>, now: Moment): string {
  return expiryNs === 0n ? 'forever' : shortSpan(expiryNs - now.monotonicNs);
}

/** `until 2026-11-23 02:35:00`, `for ever`. */
export function untilText(expiryNs: bigint, now: Moment): string {
  return expiryNs === 0n ? 'for ever' : `until ${localSecond(wallMsOf(now, expiryNs))}`;
}

/** `192.0.2.56 (scan 21,22,23,80; 12m left; 1,024 packets dropped)`. */
export function describeBlock(block: BlockEntry, note: BlockNote | undefined, now: Moment): string {
  const left = block.expiryNs === 0n ? 'for ever' : `${leftText(block, now)} left`;
  const dropped = `${counted(block.packets, 'packet')} dropped`;
  return `${formatPrefix(block.source, block.bits)} (${whyText(block, note)}; ${left}; ${dropped})`;
}
