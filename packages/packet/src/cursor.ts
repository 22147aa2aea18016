import type { Branch } from './branch.ts';
import type { FrameClass, ParsedFrame } from './parsed.ts';

type Draft = { -readonly [Key in keyof ParsedFrame]: ParsedFrame[Key] } & { branches: Branch[] };

/**
 * Walks over a frame. `bytes` is what can be read (the linear part of the packet), `frameLength` how long the
 * whole frame is, `payloadEnd` where the IP packet ends by its own header.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly frameLength: number;
  readonly frame: Draft;
  position = 0;
  payloadEnd = 0;
  /** Behind the IP header, then behind the extension headers. */
  protocol = 0;
  isIpv6 = false;
  isLaterFragment = false;
  /** More fragments come. */
  isCut = false;

  constructor(bytes: Uint8Array, frameLength: number) {
    this.bytes = bytes;
    this.frameLength = frameLength;
    this.frame = { class: 'malformed', frameLength, vlanTags: 0, extensionHeaders: 0, branches: [] };
  }

  /** Whether so many bytes can be read from here. */
  fits(count: number): boolean {
    return this.position + count <= this.bytes.length;
  }

  /** Whether so many bytes from here belong to the IP packet. */
  isWithinPayload(count: number): boolean {
    return this.position + count <= this.payloadEnd;
  }

  u8(at: number): number {
    return this.bytes[this.position + at]!;
  }

  u16(at: number): number {
    return (this.u8(at) << 8) | this.u8(at + 1);
  }

  u32(at: number): number {
    return this.u16(at) * 65_536 + this.u16(at + 2);
  }

  took(branch: Branch): void {
    this.frame.branches.push(branch);
  }

  /** The parse ends here. */
  ends(frameClass: FrameClass, branch: Branch): FrameClass {
    this.took(branch);
    return frameClass;
  }
}
