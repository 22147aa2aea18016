import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { type ObjectSpec, readObject } from '@scanward/bpf-object';
import { codecs, type Endian, Verdict } from '@scanward/map-codec';
import { repositoryFile } from '@scanward/testkit';
import { kernelStores, type Stores } from '../../src/kernel/stores.ts';
import { Instance } from '../../src/pins/instance.ts';
import { Place } from '../../src/pins/place.ts';

const endian: Endian = endianness() === 'LE' ? 'little' : 'big';

/** The object that the command ships. */
export const shipped: ObjectSpec = readObject(
  readFileSync(repositoryFile(`bpf/prebuilt/scanward.${endian === 'little' ? 'bpfel' : 'bpfeb'}.o`)),
);

/** Reads an instance as commands do. */
export function withInstance<T>(bpffs: string, read: (stores: Stores, instance: Instance) => T, name = 'default'): T {
  using instance = Instance.open(new Place(bpffs, name), shipped);
  return read(
    kernelStores((map) => instance.map(map), instance.command, codecs(endian)),
    instance,
  );
}

/** Packets by verdict. */
export const verdictsOf = (bpffs: string): number[] =>
  withInstance(bpffs, ({ counters }) => counters.read().verdicts.map(({ packets }) => Number(packets)));

export const droppedOf = (bpffs: string): number => verdictsOf(bpffs)[Verdict.DROP_BLOCKED]!;

/** Packets that were SYNs: what else arrives is not asked for by the test. */
export function synsOf(bpffs: string): number {
  const verdicts = verdictsOf(bpffs);
  const { PASS_RETRANSMISSION, PASS_CONNECTION, DROP_BLOCKED, DROP_THRESHOLD } = Verdict;
  return [PASS_RETRANSMISSION, PASS_CONNECTION, DROP_BLOCKED, DROP_THRESHOLD].reduce((n, v) => n + verdicts[v]!, 0);
}

/** Every file and folder of all instances, by its path. */
export function pinsIn(bpffs: string): string[] {
  if (!existsSync(bpffs)) return [];
  return readdirSync(bpffs, { recursive: true, withFileTypes: true })
    .map(({ parentPath, name }) => join(parentPath, name).slice(bpffs.length + 1))
    .sort();
}
