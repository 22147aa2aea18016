import { Descriptor } from '../descriptor.ts';
import { Attr } from '../kernel/attr.ts';
import { call } from '../kernel/call.ts';
import { readInfo } from '../kernel/info.ts';
import { LINK_TYPE_XDP } from '../kernel/uapi.ts';
import { findLink } from '../network/links.ts';
import { openPin, pinObject } from '../pins.ts';
import type { BpfProgram } from '../programs/bpf-program.ts';
import { nativeSys } from '../sys/native-sys.ts';
import type { Sys } from '../sys/sys.ts';

/** In the driver, or in the network stack. */
export type XdpMode = 'native' | 'generic';

/** What the kernel says of a link. */
export interface LinkInfo {
  readonly id: number;
  readonly programId: number;
  /** 0 when the interface is gone: the link then does nothing any more. */
  readonly ifindex: number;
}

interface Attachment {
  readonly ifindex: number;
  readonly mode: XdpMode;
  readonly note?: string;
}

/** An attached program. Closing it detaches, unless it is pinned. */
export class XdpLink implements Disposable {
  readonly ifindex: number;
  readonly mode: XdpMode;
  /** Why `auto` fell back to generic. */
  readonly note: string | undefined;
  readonly #descriptor: Descriptor;

  constructor(sys: Sys, fd: number, { ifindex, mode, note }: Attachment) {
    this.ifindex = ifindex;
    this.mode = mode;
    this.note = note;
    this.#descriptor = new Descriptor(sys, fd, `XDP link of interface ${ifindex}`);
  }

  /** Opens a pinned link. @throws PinError when it is none */
  static open(path: string, sys: Sys = nativeSys): XdpLink {
    const fd = openPin(sys, path, 'link');
    try {
      const info = readInfo(sys, fd);
      if (info.u32(0) !== LINK_TYPE_XDP) throw new TypeError(`${path} holds a link that is not of XDP`);
      const ifindex = info.u32(16);
      const attached = ifindex === 0 ? [] : (findLink(ifindex, sys)?.xdp ?? []);
      const mode = attached.find(({ programId }) => programId === info.u32(8))?.mode;
      return new XdpLink(sys, fd, { ifindex, mode: mode === 'generic' ? 'generic' : 'native' });
    } catch (error) {
      sys.close(fd);
      throw error;
    }
  }

  /** @throws ClosedError after close() */
  get fd(): number {
    return this.#descriptor.fd;
  }

  /** Puts another program in the place of the present one; no packet is missed. */
  updateProgram(program: BpfProgram): void {
    const attr = new Attr(16).u32(0, this.fd).u32(4, program.fd);
    call(this.#descriptor.sys, 'BPF_LINK_UPDATE', attr, `interface ${this.ifindex}`);
  }

  info(): LinkInfo {
    const info = readInfo(this.#descriptor.sys, this.fd);
    return { id: info.u32(4), programId: info.u32(8), ifindex: info.u32(16) };
  }

  /** Keeps the program attached as long as the file is there. */
  pin(path: string): void {
    pinObject(this.#descriptor.sys, this.fd, path);
  }

  close(): void {
    this.#descriptor.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
