import { statSync } from 'node:fs';
import { readObject } from '@scanward/bpf-object';
import { codecs, type Endian } from '@scanward/map-codec';
import type { LinkStatus } from '../commands/instance.ts';
import type { OpenInstance } from '../commands/command-system.ts';
import { readObjectFile } from '../object-file.ts';
import { Instance } from '../pins/instance.ts';
import { linkPin } from '../pins/pinned-links.ts';
import type { Place } from '../pins/place.ts';
import { checkObject } from './check-object.ts';
import { KernelPolicyReader } from './policy-reader.ts';
import { KernelSingleCounter } from './single-counter.ts';
import { KernelSourceStore } from './source-store.ts';
import { kernelStores } from './stores.ts';

/** Opens the pins of an instance for a command. @throws OperatorError, or what the loader throws */
export function openInstance(place: Place, endian: Endian): OpenInstance {
  const { path, bytes } = readObjectFile(undefined, endian);
  const spec = readObject(bytes);
  checkObject(spec, path, endian);
  const instance = Instance.open(place, spec);
  try {
    const codec = codecs(endian);
    const map = (name: string) => instance.map(name);
    return {
      ...kernelStores(map, instance.command, codec),
      sources: new KernelSourceStore(map('sources'), instance.command, codec),
      policy: new KernelPolicyReader(map('policy'), codec),
      singles: new KernelSingleCounter(map('singles'), codec),
      endian,
      place,
      sinceMs: instance.sinceMs(),
      maxBlocks: instance.constants.maxBlocks,
      maxNets: map('blocked_nets').maxEntries,
      links: () => instance.links().map((link) => ({ ...link, sinceMs: pinnedMs(place, link.interface) })),
      daemon: () => instance.daemon(),
      isCurrent: () => instance.isCurrent(),
      change: (body) => instance.change(body),
      close: () => {
        instance.close();
      },
    };
  } catch (error) {
    instance.close();
    throw error;
  }
}

/** When a link was pinned; 0 if it is gone by now. */
function pinnedMs(place: Place, name: string): LinkStatus['sinceMs'] {
  return statSync(linkPin(place, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
