import { readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type AttachedXdp, findLink, XdpLink, type XdpMode } from '@scanward/loader-native';
import { nameOfPin, pinName } from './pin-name.ts';
import type { Place } from './place.ts';

/** A pinned attachment, as it is now. */
export interface PinnedLink {
  /** The interface's name when it was attached to. */
  readonly interface: string;
  /** 0 when the interface is gone: the program sees nothing there any more. */
  readonly ifindex: number;
  readonly programId: number;
  /** Undefined when the interface is gone, or in another network namespace than this process. */
  readonly mode: XdpMode | undefined;
}

/** The file of an interface's link. */
export function linkPin(place: Place, name: string): string {
  return join(place.links, pinName(name));
}

/** Names of the interfaces that have a pinned link. */
export function linkNames(place: Place): string[] {
  return filesIn(place.links).map(nameOfPin);
}

/** The pinned links of an instance. One that another process removes meanwhile is left out. */
export function listPinnedLinks(place: Place): PinnedLink[] {
  return linkNames(place).flatMap((name) => {
    const link = openIfThere(linkPin(place, name));
    if (!link) return [];
    try {
      return [describe(name, link)];
    } finally {
      link.close();
    }
  });
}

function describe(name: string, link: XdpLink): PinnedLink {
  const { ifindex, programId } = link.info();
  const mode = attachedAs(ifindex, programId)?.mode;
  return { interface: name, ifindex, programId, mode: mode === 'offloaded' ? undefined : mode };
}

/** How a program is attached to an interface of this network namespace. */
export function attachedAs(ifindex: number, programId: number): AttachedXdp | undefined {
  if (ifindex === 0) return undefined;
  return findLink(ifindex)?.xdp.find((attached) => attached.programId === programId);
}

/** A pinned link; undefined when it is gone. */
export function openIfThere(path: string): XdpLink | undefined {
  try {
    return XdpLink.open(path);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes a pin. Was it there? */
export function unpin(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** The names in a folder; none when it is not there. */
export function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
