import { concat, padded, put } from './bytes.ts';
import type { ExtensionDescription } from './description.ts';
import { Extension } from './protocol.ts';

const NUMBER: Record<ExtensionDescription['kind'], number> = {
  'hop-by-hop': Extension.hopByHop,
  routing: Extension.routing,
  fragment: Extension.fragment,
  authentication: Extension.authentication,
  destination: Extension.destination,
  mobility: Extension.mobility,
  hip: Extension.hip,
  shim6: Extension.shim6,
};

function buildExtension(extension: ExtensionDescription, next: number): Uint8Array {
  if (extension.kind === 'fragment') {
    const bytes = new Uint8Array(8);
    put(bytes, 0, 1, extension.next ?? next);
    put(bytes, 2, 2, ((extension.offset ?? 0) << 3) | (extension.moreFragments === true ? 1 : 0));
    put(bytes, 4, 4, extension.identification ?? 0);
    return bytes;
  }
  const bytes = padded(concat([new Uint8Array(2), extension.content ?? new Uint8Array(6)]), 8);
  // RFC 4302: an authentication header counts words of 4, less 2.
  const length = extension.kind === 'authentication' ? bytes.length / 4 - 2 : bytes.length / 8 - 1;
  put(bytes, 0, 1, extension.next ?? next);
  put(bytes, 1, 1, extension.length ?? length);
  return bytes;
}

/** The chain in front of `protocol`: its bytes, and what the IPv6 header says comes next. */
export function buildExtensions(
  extensions: readonly ExtensionDescription[],
  protocol: number,
): { first: number; bytes: Uint8Array } {
  let first = protocol;
  const chain: Uint8Array[] = [];
  for (const extension of extensions.toReversed()) {
    chain.unshift(buildExtension(extension, first));
    first = NUMBER[extension.kind];
  }
  return { first, bytes: concat(chain) };
}
