import { readdirSync, renameSync } from 'node:fs';
import { BpfProgram, type XdpLink, type XdpMode } from '@scanward/loader-native';
import { holderOf } from './locks.ts';
import { nameOfPin } from './pin-name.ts';
import { attachedAs, filesIn, linkNames, linkPin, openIfThere, unpin } from './pinned-links.ts';
import { Place } from './place.ts';

/** A link that is pinned and attached to an interface of this network namespace. */
export interface HeldLink {
  readonly link: XdpLink;
  readonly mode: XdpMode;
  readonly programId: number;
  /** The interface's name when it was pinned. */
  readonly pinned: string;
}

function heldLink(place: Place, ifindex: number): HeldLink | undefined {
  for (const pinned of linkNames(place)) {
    const link = openIfThere(linkPin(place, pinned));
    const { programId, ifindex: at } = link?.info() ?? { programId: 0, ifindex: 0 };
    const attached = at === ifindex ? attachedAs(ifindex, programId) : undefined;
    if (link && attached && attached.mode !== 'offloaded') return { link, mode: attached.mode, programId, pinned };
    link?.close();
  }
  return undefined;
}

/** The pinned links of the instance that this process runs. */
export class LinkPins {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  /** The link of an interface, whatever name it had when it was pinned; its pin then has the interface's name. */
  find(name: string, ifindex: number): HeldLink | undefined {
    const held = heldLink(this.#place, ifindex);
    if (held && held.pinned !== name) renameSync(linkPin(this.#place, held.pinned), linkPin(this.#place, name));
    return held;
  }

  /** Pins a link that was just attached. A link that bore this name and is somewhere else, or nowhere, goes. */
  pin(name: string, link: XdpLink): void {
    const path = linkPin(this.#place, name);
    unpin(path);
    link.pin(path);
  }

  unpin(name: string): void {
    unpin(linkPin(this.#place, name));
  }

  /** Detaches all interfaces but these. @returns those that were attached to */
  keepOnly(names: readonly string[]): string[] {
    const others = linkNames(this.#place).filter((name) => !names.includes(name));
    return others.filter((name) => {
      const link = openIfThere(linkPin(this.#place, name));
      const isAttached = (link?.info().ifindex ?? 0) !== 0;
      link?.close();
      this.unpin(name);
      return isAttached;
    });
  }

  /** The program of that number, which some set of this instance holds; the caller closes it. */
  program(id: number): BpfProgram | undefined {
    for (const set of filesIn(this.#place.folder)) {
      const program = openProgram(`${this.#place.folder}/${set}/programs/scanward`);
      if (program?.info().id === id) return program;
      program?.close();
    }
    return undefined;
  }
}

function openProgram(path: string): BpfProgram | undefined {
  try {
    return BpfProgram.open(path);
  } catch {
    return undefined;
  }
}

/** Another instance that watches an interface. */
export interface Watcher {
  readonly name: string;
  /** Of its daemon, if one runs and /proc tells. */
  readonly pid: number | undefined;
}

/** The instance among those in `bpffs` whose link holds an interface. */
export function watcherOf(bpffs: string, ifindex: number): Watcher | undefined {
  for (const name of namesIn(bpffs)) {
    const place = new Place(bpffs, name);
    const held = heldLink(place, ifindex);
    held?.link.close();
    if (held) return { name, pid: holderOf(place.folder) };
  }
  return undefined;
}

function namesIn(bpffs: string): string[] {
  try {
    return readdirSync(bpffs).map(nameOfPin);
  } catch {
    return [];
  }
}
