import { attachXdp, type BpfProgram, type XdpMode } from '@scanward/loader-native';
import type { Attachment } from '../interfaces.ts';
import type { HostLink } from '../network/host-network.ts';
import type { HeldLink, LinkPins } from '../pins/link-pins.ts';
import { attacher, type AttachChoices, type FindWatcher } from './attach.ts';

/**
 * Attaches by links that are pinned. A pinned link that is there gets the new program, so that no packet is missed; where
 * another mode is asked for it is made anew.
 */
export class PinnedAttacher {
  readonly #program: BpfProgram;
  readonly #choices: AttachChoices;
  readonly #pins: LinkPins;
  readonly #watcher: FindWatcher;

  constructor(program: BpfProgram, choices: AttachChoices, pins: LinkPins, watcher: FindWatcher) {
    this.#program = program;
    this.#choices = choices;
    this.#pins = pins;
    this.#watcher = watcher;
  }

  /** @throws OperatorError, or what the loader throws; the interface is then as it was before */
  attach(to: HostLink): Attachment {
    const held = this.#pins.find(to.name, to.ifindex);
    if (!held) return this.#attachNew(to, this.#program, this.#choices);
    const before = this.#pins.program(held.programId);
    try {
      const isWanted = this.#choices.xdp === 'auto' || this.#choices.xdp === held.mode;
      return isWanted ? this.#takeOver(to, held, before) : this.#changeMode(to, held, before);
    } catch (error) {
      held.link.close();
      before?.close();
      throw error;
    }
  }

  #attachNew(to: HostLink, program: BpfProgram, choices: AttachChoices): Attachment {
    const attach = attacher(
      (options) => {
        const link = attachXdp(program, options);
        try {
          this.#pins.pin(to.name, link);
          return link;
        } catch (error) {
          link.close();
          throw error;
        }
      },
      choices,
      this.#watcher,
    );
    const made = attach(to);
    const close = () => {
      this.#pins.unpin(to.name);
      made.close();
    };
    return { ...made, close, revert: close };
  }

  #takeOver(to: HostLink, { link, mode }: HeldLink, before: BpfProgram | undefined): Attachment {
    link.updateProgram(this.#program);
    const leave = () => {
      before?.close();
      link.close();
    };
    return {
      mode,
      note: 'taken over, no packet missed',
      ifindex: () => link.info().ifindex,
      leave,
      close: () => {
        this.#pins.unpin(to.name);
        leave();
      },
      revert: () => {
        if (before) link.updateProgram(before);
        leave();
      },
    };
  }

  /** The interface is unwatched for a moment. */
  #changeMode(to: HostLink, held: HeldLink, before: BpfProgram | undefined): Attachment {
    this.#pins.unpin(to.name);
    held.link.close();
    let made: Attachment;
    try {
      made = this.#attachNew(to, this.#program, this.#choices);
    } catch (error) {
      this.#restore(to, held.mode, before);
      throw error;
    }
    const note = [made.note, `it was ${held.mode}, and unwatched for a moment`].filter(Boolean).join('; ');
    const ending = (end: () => void) => () => {
      end();
      before?.close();
    };
    return {
      ...made,
      note,
      close: ending(made.close),
      leave: ending(made.leave),
      revert: ending(() => {
        made.close();
        this.#restore(to, held.mode, before);
      }),
    };
  }

  #restore(to: HostLink, mode: XdpMode, before: BpfProgram | undefined): void {
    if (before) this.#attachNew(to, before, { xdp: mode, replace: false }).leave();
  }
}
