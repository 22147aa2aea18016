import { UnsupportedError } from '../errors.ts';
import { features } from '../features.ts';
import { Attr } from '../kernel/attr.ts';
import { tryCall } from '../kernel/call.ts';
import { errnoName } from '../kernel/errno.ts';
import { ATTACH_TYPE_XDP, XDP_FLAG_GENERIC, XDP_FLAG_NATIVE } from '../kernel/uapi.ts';
import { NetlinkError } from '../network/exchange.ts';
import { type AttachedXdp, detachXdp, findLink, type NetworkLink } from '../network/links.ts';
import { kernelError } from '../permission.ts';
import type { BpfProgram } from '../programs/bpf-program.ts';
import { nativeSys } from '../sys/native-sys.ts';
import type { Sys } from '../sys/sys.ts';
import { AttachError } from './attach-error.ts';
import { XdpLink, type XdpMode } from './xdp-link.ts';

export interface AttachOptions {
  readonly ifindex: number;
  /** `auto`, the default: native, and generic where the driver refuses. */
  readonly mode?: XdpMode | 'auto';
  /** Take off another's program first. It stays off, even when attaching then fails. */
  readonly replace?: boolean;
}

const flags: Record<XdpMode, number> = { native: XDP_FLAG_NATIVE, generic: XDP_FLAG_GENERIC };

// Refusals that generic mode would meet too; all else is the driver's word on native mode.
const final: ReadonlySet<string> = new Set(['EPERM', 'EBADF', 'ENODEV', 'EBUSY', 'EEXIST', 'EMFILE', 'ENFILE']);

/** The XDP programs on an interface, by whomever. @throws AttachError NO_INTERFACE */
export function findXdp(ifindex: number, sys: Sys = nativeSys): readonly AttachedXdp[] {
  return interfaceOf(ifindex, sys).xdp;
}

function interfaceOf(ifindex: number, sys: Sys): NetworkLink {
  if (!Number.isInteger(ifindex) || ifindex < 1 || ifindex > 0x7fff_ffff) {
    throw new RangeError(`${ifindex} is no number of an interface`);
  }
  const link = findLink(ifindex, sys);
  if (!link) throw new AttachError('NO_INTERFACE', ifindex, `there is no interface ${ifindex}`);
  return link;
}

const describe = (programs: readonly AttachedXdp[]) =>
  programs.map(({ programId, mode }) => `program ${programId} (${mode})`).join(', ');

function makeRoom({ index, name, xdp }: NetworkLink, replace: boolean, sys: Sys): void {
  if (xdp.length === 0) return;
  if (!replace) {
    throw new AttachError('FOREIGN_PROGRAM', index, `${name} has another XDP program: ${describe(xdp)}`, xdp);
  }
  for (const { mode } of xdp) {
    try {
      detachXdp(index, mode, sys);
    } catch (error) {
      if (!(error instanceof NetlinkError) || error.code !== 'EBUSY') throw error;
      const message = `${name} has another XDP program that only its owner can take off: ${describe(xdp)}`;
      throw new AttachError('FOREIGN_LINK', index, message, xdp);
    }
  }
}

function create(program: BpfProgram, ifindex: number, mode: XdpMode): number {
  // Never flags 0: the kernel would choose without saying what.
  const attr = new Attr(64).u32(0, program.fd).u32(4, ifindex).u32(8, ATTACH_TYPE_XDP).u32(12, flags[mode]);
  return tryCall(program.sys, 'BPF_LINK_CREATE', attr);
}

// What the errno means here. The interface is asked again, because EINVAL is also said of one that is gone.
function explain(sys: Sys, errno: number, ifindex: number, mode: XdpMode): Error {
  const code = errnoName(errno);
  if (code === 'EPERM') return kernelError(sys, 'BPF_LINK_CREATE', errno, `attaching to interface ${ifindex}`);
  const link = findLink(ifindex, sys);
  if (!link) return new AttachError('NO_INTERFACE', ifindex, `interface ${ifindex} is gone`);
  if (code === 'ENETDOWN') return new AttachError('INTERFACE_DOWN', ifindex, `${link.name} is down`);
  if (code === 'EINVAL' && !features(sys).xdpLink) return new UnsupportedError('XDP link', '5.9');
  if ((code === 'EBUSY' || code === 'EEXIST') && link.xdp.length > 0) {
    const message = `${link.name} got another XDP program meanwhile: ${describe(link.xdp)}`;
    return new AttachError('FOREIGN_PROGRAM', ifindex, message, link.xdp);
  }
  return kernelError(sys, 'BPF_LINK_CREATE', errno, `attaching to ${link.name} (${mode})`);
}

/**
 * Attaches a program to an interface by a link (since 5.9), which takes it off again when it is closed, or when
 * the process ends in whatever way, unless it is pinned.
 * @throws AttachError, PermissionError, UnsupportedError, BpfSyscallError
 */
export function attachXdp(program: BpfProgram, options: AttachOptions): XdpLink {
  const { ifindex, mode = 'auto', replace = false } = options;
  const { sys } = program;
  makeRoom(interfaceOf(ifindex, sys), replace, sys);
  const wanted: XdpMode = mode === 'auto' ? 'native' : mode;
  const first = create(program, ifindex, wanted);
  if (first >= 0) return new XdpLink(sys, first, { ifindex, mode: wanted });
  const refusal = explain(sys, -first, ifindex, wanted);
  const tryGeneric = mode === 'auto' && !(refusal instanceof AttachError) && !(refusal instanceof UnsupportedError);
  if (!tryGeneric || final.has(errnoName(-first))) throw refusal;
  const second = create(program, ifindex, 'generic');
  if (second < 0) throw explain(sys, -second, ifindex, 'generic');
  const note = `the driver refused native XDP (${errnoName(-first)}), so the slower generic mode is used`;
  return new XdpLink(sys, second, { ifindex, mode: 'generic', note });
}
