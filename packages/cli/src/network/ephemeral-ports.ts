import type { PortRange } from '@scanward/daemon';
import type { ReadText } from '../system/proc.ts';

const RANGE = '/proc/sys/net/ipv4/ip_local_port_range';
const FORWARDING = ['/proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv6/conf/all/forwarding'];
/** Linux's own default. */
const DEFAULT: PortRange = { first: 32_768, last: 60_999 };
/** Whoever is masqueraded asks from any of these. */
const MASQUERADED: PortRange = { first: 1_024, last: 65_535 };

/** Own ports to which answers come: those that this host asks from, and, while it forwards, those of all it forwards for. */
export function ephemeralPorts(readText: ReadText): PortRange {
  const forwards = FORWARDING.some((path) => /^[1-9]/.test(readText(path) ?? ''));
  const found = /^\s*(\d+)\s+(\d+)\s*$/.exec(readText(RANGE) ?? '');
  const own = found ? { first: Number(found[1]), last: Number(found[2]) } : DEFAULT;
  if (!forwards) return own;
  return { first: Math.min(own.first, MASQUERADED.first), last: Math.max(own.last, MASQUERADED.last) };
}
