import type { RunOptions } from './flags/run-options.ts';

/** Memory that the tables take, in bytes. */
export interface RoomCost {
  /** Of all maps; undefined: the kernel does not say. */
  readonly kernelBytes: number | undefined;
  /** Of what the daemon remembers of sources itself; in user mode most of it is the detector. */
  readonly processBytes: number;
}

/** `room for 65,536 sources and 65,536 blocks: 40 MiB of kernel memory`. */
export function describeRoom(
  { maxSources, maxBlocks }: Pick<RunOptions, 'maxSources' | 'maxBlocks'>,
  { kernelBytes, processBytes }: RoomCost,
): string {
  const costs = [
    ...(kernelBytes === undefined ? [] : [`${mebibytes(kernelBytes)} of kernel memory`]),
    ...(processBytes === 0 ? [] : [`up to ${mebibytes(processBytes)} in this process`]),
  ];
  const room = `room for ${grouped(maxSources)} sources and ${grouped(maxBlocks)} blocks`;
  return costs.length === 0 ? room : `${room}: ${costs.join(', ')}`;
}

const mebibytes = (bytes: number): string => `${grouped(Math.ceil(bytes / 2 ** 20))} MiB`;

/** Thousands apart; `toLocaleString` would load the languages of the world at each start. */
const grouped = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
