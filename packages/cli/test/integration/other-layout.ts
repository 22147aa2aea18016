import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readObject } from '@scanward/bpf-object';
import { BpfMap, loadObject, type MapRequest, MapType, XdpLink } from '@scanward/loader-native';
import { repositoryFile } from '@scanward/testkit';
import { layoutId } from '../../src/pins/layout-id.ts';
import { linkPin } from '../../src/pins/pinned-links.ts';
import { removeSet } from '../../src/pins/pinned-set.ts';
import { Place } from '../../src/pins/place.ts';
import { shipped } from './pinned.ts';

/** Names of ours, shapes of nobody's. */
const MAPS: readonly MapRequest[] = [
  { name: 'blocked', type: MapType.HASH, keySize: 4, valueSize: 8, maxEntries: 16 },
  { name: 'blocked_nets', type: MapType.LPM_TRIE, keySize: 8, valueSize: 8, maxEntries: 16, flags: 1 },
  { name: 'counters', type: MapType.ARRAY, keySize: 4, valueSize: 16, maxEntries: 3 },
  { name: 'policy', type: MapType.ARRAY, keySize: 4, valueSize: 4, maxEntries: 1 },
];

/** Makes of an instance what a build with another layout would have left: other maps, and a link to another program. */
export function pinOtherLayout(bpffs: string, layout: string, link: string): number {
  const place = new Place(bpffs, 'default');
  const set = place.set(layout);
  for (const folder of [set, join(set, 'maps'), join(set, 'programs')]) mkdirSync(folder, { mode: 0o700 });
  for (const request of MAPS) {
    const map = BpfMap.create(request);
    map.pin(join(set, 'maps', request.name));
    map.close();
  }
  const bytes = readFileSync(
    repositoryFile(`packages/loader-native/test/fixtures/fixture.${shipped.endian === 'little' ? 'bpfel' : 'bpfeb'}.o`),
  );
  const object = loadObject(readObject(bytes), { programs: ['fixture'] });
  try {
    const program = object.programs['fixture']!;
    for (const name of ['scanward', 'scanward_command']) program.pin(join(set, 'programs', name));
    const held = XdpLink.open(linkPin(place, link));
    held.updateProgram(program);
    held.close();
    removeSet(place.set(layoutId(shipped)));
    return program.info().id;
  } finally {
    object.close();
  }
}
