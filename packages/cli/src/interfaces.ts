import type { Log } from '@scanward/daemon';
import { ExitCode } from './exit-codes.ts';
import { nearest } from './nearest.ts';
import type { HostLink, HostNetwork } from './network/host-network.ts';
import { OperatorError } from './operator-error.ts';

/** An attachment of the program to one interface, as `attachXdp` makes it. */
export interface Attachment {
  readonly mode: 'native' | 'generic';
  /** Why `auto` fell back. */
  readonly note?: string | undefined;
  /** Of the interface; 0 once the kernel has detached the program, because the interface went away. */
  readonly ifindex: () => number;
  /** Detaches. */
  readonly close: () => void;
  /** Lets go of it: what is pinned stays attached. */
  readonly leave: () => void;
  /** What was attached before is attached again; detaches when nothing was. */
  readonly revert: () => void;
}

/** Attaches the program. @throws OperatorError, or what the loader throws */
export type Attach = (link: HostLink) => Attachment;

interface Watched {
  readonly name: string;
  attachment: Attachment | undefined;
  ifindex: number;
  up: boolean;
  /** The last refusal that was told, so that it is told once. */
  refusal: string;
}

/** The interfaces that the program is attached to: attaches, looks after them, attaches again. */
export class Interfaces {
  readonly #network: Pick<HostNetwork, 'links'>;
  readonly #attach: Attach;
  readonly #log: Log;
  readonly #watched: Watched[];
  readonly #names = new Map<number, string>();
  #allGone = false;

  constructor(names: readonly string[], network: Pick<HostNetwork, 'links'>, attach: Attach, log: Log) {
    this.#network = network;
    this.#attach = attach;
    this.#log = log;
    this.#watched = names.map((name) => ({ name, attachment: undefined, ifindex: 0, up: true, refusal: '' }));
  }

  /** Attaches to all; or to none, and what was attached before stays. @throws OperatorError, or what the loader throws */
  attachAll(): void {
    try {
      const links = this.#network.links();
      for (const watched of this.#watched) this.#attachTo(watched, findLink(watched.name, links));
    } catch (error) {
      this.#end('revert');
      throw error;
    }
  }

  /** One look at them all: warns of those that are gone or down, and attaches to those that are back. */
  poll(): void {
    const links = this.#network.links();
    for (const watched of this.#watched) {
      if (watched.attachment) this.#checkAttached(watched, links);
      if (!watched.attachment) this.#tryAgain(watched, links);
    }
    const allGone = this.#watched.every(({ attachment }) => !attachment);
    if (allGone && !this.#allGone) this.#log.warn('no interface is left: waiting until one is back');
    this.#allGone = allGone;
  }

  /** Those that were asked for, in this order, as they were at the last look. */
  state(): { readonly name: string; readonly isAttached: boolean }[] {
    return this.#watched.map(({ name, attachment }) => ({ name, isAttached: attachment !== undefined }));
  }

  /** The name of an interface, also of one that is gone by now. */
  nameOf(ifindex: number): string {
    return this.#names.get(ifindex) ?? `if${ifindex}`;
  }

  /** Detaches from all. */
  close(): void {
    this.#end('close');
  }

  /** Lets go of all: what is pinned stays attached. */
  leave(): void {
    this.#end('leave');
  }

  #end(how: 'close' | 'leave' | 'revert'): void {
    for (const watched of this.#watched) {
      watched.attachment?.[how]();
      watched.attachment = undefined;
    }
  }

  #checkAttached(watched: Watched, links: readonly HostLink[]): void {
    const link = links.find(({ ifindex }) => ifindex === watched.ifindex);
    if (link && watched.attachment?.ifindex() === watched.ifindex) {
      this.#names.set(link.ifindex, link.name);
      this.#tellUp(watched, link);
      return;
    }
    watched.attachment?.close();
    watched.attachment = undefined;
    const is = link ? ': the program was taken off: attaching again' : ' is gone: waiting until it is back';
    this.#log.warn(`${watched.name}${is}`);
  }

  #tryAgain(watched: Watched, links: readonly HostLink[]): void {
    const link = links.find(({ name }) => name === watched.name);
    if (!link) return;
    try {
      this.#attachTo(watched, link);
    } catch (error) {
      const refusal = error instanceof Error ? error.message : String(error);
      if (refusal !== watched.refusal) this.#log.warn(refusal);
      watched.refusal = refusal;
    }
  }

  #attachTo(watched: Watched, link: HostLink): void {
    // Named before the first packet can arrive.
    this.#names.set(link.ifindex, link.name);
    const attachment = this.#attach(link);
    Object.assign(watched, { attachment, ifindex: link.ifindex, up: true, refusal: '' });
    const note = attachment.note === undefined ? '' : `: ${attachment.note}`;
    this.#log.info(`attached to ${link.name} (${attachment.mode})${note}`);
    this.#tellUp(watched, link);
  }

  #tellUp(watched: Watched, link: HostLink): void {
    if (watched.up && !link.up) this.#log.warn(`${link.name} is down: it shows no packets until it is up`);
    if (!watched.up && link.up) this.#log.info(`${link.name} is up`);
    watched.up = link.up;
  }
}

/** @throws OperatorError with the nearest name */
export function findLink(name: string, links: readonly HostLink[]): HostLink {
  const link = links.find((candidate) => candidate.name === name);
  if (link) return link;
  const names = links.map((candidate) => candidate.name);
  const near = nearest(name, names);
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  throw new OperatorError(ExitCode.interface, `attaching to ${name}`, `no such interface: ${hint}`);
}
