import { parseAddress } from '../flags/prefix.ts';

/** The name servers of a `resolv.conf`; scope ids (`fe80::1%eth0`) are stripped, what is no address is left out. */
export function parseResolvers(resolvConf: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const line of resolvConf.split('\n')) {
    const text = /^\s*nameserver\s+([^\s%#;]+)/.exec(line)?.[1];
    const address = text === undefined ? undefined : parseAddress(text);
    if (address) found.push(address);
  }
  return found;
}
