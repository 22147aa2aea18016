import { ALLOW_REASONS, type AllowStore, formatPrefix } from '@scanward/daemon';
import { type Column, Table } from '../tables/table.ts';
import { compareAddresses } from './block-order.ts';
import type { Look } from './look.ts';

const columns: readonly Column[] = [
  { title: 'ADDRESS', width: 43 },
  { title: 'WHY', width: 36 },
];

/** The lines of `scanward allow`, by address. @param plain addresses and nets alone */
export function allowLines(
  { allow }: { readonly allow: Pick<AllowStore, 'entries'> },
  { json, style }: Look,
  plain = false,
): string[] {
  const entries = [...allow.entries()].sort((a, b) => compareAddresses(a.address, b.address) || a.bits - b.bits);
  const table = new Table(columns, style);
  const lines = entries.flatMap(({ address, bits, reason }) => {
    const name = formatPrefix(address, bits);
    if (plain) return [name];
    return json ? [JSON.stringify({ address: name, reason })] : table.row([name, ALLOW_REASONS[reason]]);
  });
  return json || plain ? lines : [table.heading(), ...lines];
}
