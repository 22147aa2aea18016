import type { Prefix } from '../ports.ts';
import { parsePrefix } from '../prefix-text.ts';
import type { StateBlock, StateEntry } from './state-entry.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An entry of the state file. Undefined: of a kind that is not known yet; null: it is none. */
export function readEntry(fields: Fields): StateEntry | undefined | null {
  const prefix = typeof fields['prefix'] === 'string' ? parsePrefix(fields['prefix']) : undefined;
  switch (fields['kind']) {
    case 'block':
      return prefix ? readBlock(prefix, fields) : null;
    case 'allow':
      return prefix ? { kind: 'allow', ...prefix } : null;
    case 'grace':
      return prefix ? readGrace(prefix, fields) : null;
    default:
      return typeof fields['kind'] === 'string' ? undefined : null;
  }
}

function readGrace(prefix: Prefix, fields: Fields): StateEntry | null {
  const untilMs = timeMs(fields['until']);
  return untilMs === undefined ? null : { kind: 'grace', ...prefix, untilMs };
}

function readBlock(prefix: Prefix, fields: Fields): StateBlock | null {
  const { net = false, reason, ports = [], text = '' } = fields;
  const startMs = timeMs(fields['start']);
  const expiryMs = timeMs(fields['expiry']);
  const [packets, bytes] = [count(fields['packets']), count(fields['bytes'])];
  if (startMs === undefined || (expiryMs === undefined && 'expiry' in fields)) return null;
  if (typeof net !== 'boolean' || (reason !== 'scan' && reason !== 'operator')) return null;
  if (packets === undefined || bytes === undefined || typeof text !== 'string' || !arePorts(ports)) return null;
  return { kind: 'block', ...prefix, isNet: net, startMs, expiryMs, reason, packets, bytes, ports, text };
}

function timeMs(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

function count(value: unknown): bigint | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? BigInt(value as number) : undefined;
}

function arePorts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((port) => Number.isInteger(port) && port >= 0 && port <= 0xffff);
}
