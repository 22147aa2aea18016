import { parseAddress } from '../flags/prefix.ts';
import type { ReadText } from '../system/proc.ts';

const RESOLV_CONF = '/etc/resolv.conf';
/** The servers that systemd-resolved asks. */
const UPSTREAM_CONF = '/run/systemd/resolve/resolv.conf';

/** The name servers of this host; where it asks a stub of its own, those that the stub asks too. */
export function readResolvers(readText: ReadText): Uint8Array[] {
  const found = parseResolvers(readText(RESOLV_CONF) ?? '');
  return found.some(isStub) ? [...found, ...parseResolvers(readText(UPSTREAM_CONF) ?? '')] : found;
}

/** 127.0.0.53 and .54, of systemd-resolved. */
function isStub(address: Uint8Array): boolean {
  return address.slice(10, 15).join() === '255,255,127,0,0' && (address[15] === 53 || address[15] === 54);
}

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
