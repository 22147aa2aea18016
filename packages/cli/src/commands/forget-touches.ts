import { isIpv4, maskAddress, type Prefix, PrefixMap, type SourceStore } from '@scanward/daemon';
import type { PolicyReader } from './instance.ts';

/** As much of an instance as this needs. */
export interface Touched {
  readonly sources: Pick<SourceStore, 'visit' | 'forget'>;
  readonly policy: PolicyReader;
}

/** Makes the program forget what the sources of these prefixes touched, so that old probes do not get them blocked again. */
export function forgetTouches(prefixes: readonly Prefix[], { sources, policy }: Touched): void {
  const forgotten = prefixes.map(({ address }) => address);
  const { ipv6Prefix } = policy.read();
  for (const { address, bits } of prefixes) {
    // Its source is either the whole address or the prefix: one of them is not there.
    if (bits === 128 && !isIpv4(address)) forgotten.push(maskAddress(address, ipv6Prefix));
  }
  const nets = prefixes.filter(({ bits }) => bits < 128);
  if (nets.length > 0) forgotten.push(...sourcesWithin(nets, sources));
  for (const source of forgotten) sources.forget(source);
}

function sourcesWithin(nets: readonly Prefix[], sources: Pick<SourceStore, 'visit'>): Uint8Array[] {
  const set = PrefixMap.of(nets);
  const within: Uint8Array[] = [];
  sources.visit((bytes, offset) => {
    const source = bytes.slice(offset, offset + 16);
    if (set.holds(source)) within.push(source);
  });
  return within;
}
