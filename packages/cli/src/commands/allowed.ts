import { type AllowEntry, type AllowReasonName, describeAllow, formatPrefix, type Prefix } from '@scanward/daemon';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { holds } from './held-blocks.ts';

/** Those named when a net has more within. */
const NAMED_MAX = 3;

/** How an entry comes to be there, and so what takes it away. */
export const ALLOW_ORIGINS: Readonly<Record<AllowReasonName, string>> = {
  own: 'it is an address of this host',
  gateway: 'it is a default gateway: run with --no-allow-gateway if that is to be blocked',
  resolver: 'it is a name server of this host (/etc/resolv.conf)',
  'ssh-peer': 'an SSH session that scanward was started from comes from there',
  operator: 'it was given with --allow: run without it',
  list: 'it stands in a list (--allow-list): take it out there, and reload',
  command: 'it was added by command: scanward allow remove',
};

/** An allowed address is never blocked, so a block of it would be a lie. @throws OperatorError */
export function refuseAllowed(prefix: Prefix, entries: Iterable<AllowEntry>): void {
  const around = [...entries].find((entry) => holds(entry, prefix));
  if (!around) return;
  const removes = around.reason === 'command' ? ` ${formatPrefix(around.address, around.bits)}` : '';
  const why = `${describeAllow(around)} is allowed: ${ALLOW_ORIGINS[around.reason]}${removes}`;
  throw new OperatorError(ExitCode.usage, `blocking ${formatPrefix(prefix.address, prefix.bits)}`, why);
}

/** The allowed addresses and nets in a prefix, as text; of many only the first. */
export function allowedWithin(prefix: Prefix, entries: Iterable<AllowEntry>): string[] {
  const within = [...entries].filter((entry) => holds(prefix, entry)).map(describeAllow);
  const more = within.length - NAMED_MAX;
  return more > 0 ? [...within.slice(0, NAMED_MAX), `and ${more} more`] : within;
}
