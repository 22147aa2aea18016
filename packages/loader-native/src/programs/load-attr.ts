import { Attr } from '../kernel/attr.ts';
import { tryCall } from '../kernel/call.ts';
import { ATTACH_TYPE_XDP, PROG_TYPE_XDP } from '../kernel/uapi.ts';
import type { Sys } from '../sys/sys.ts';

/** Records about instructions, for the verifier's log and for function calls. */
export interface Records {
  readonly recordSize: number;
  readonly bytes: Uint8Array;
}

/** An XDP program to be loaded: linked, its maps' descriptors in place. */
export interface ProgramRequest {
  readonly name: string;
  readonly instructions: Uint8Array;
  readonly license?: string;
  readonly flags?: number;
  readonly btf?: { readonly fd: number; readonly funcInfo?: Records; readonly lineInfo?: Records };
}

/** BPF_PROG_LOAD once: a descriptor or -errno. The attach type is known to every kernel since 4.17. */
export function tryLoad(sys: Sys, request: ProgramRequest, log?: Uint8Array): number {
  const attr = new Attr(116)
    .u32(0, PROG_TYPE_XDP)
    .u32(4, request.instructions.length / 8)
    .pointer(8, request.instructions)
    .pointer(16, Buffer.from(`${request.license ?? 'GPL'}\0`, 'latin1'))
    .u32(44, request.flags ?? 0)
    .name(48, request.name)
    .u32(68, ATTACH_TYPE_XDP);
  if (log) attr.u32(24, 1).u32(28, log.length).pointer(32, log);
  if (request.btf) addTypes(attr, request.btf);
  return tryCall(sys, 'BPF_PROG_LOAD', attr);
}

function addTypes(attr: Attr, btf: NonNullable<ProgramRequest['btf']>): void {
  const { fd, funcInfo, lineInfo } = btf;
  if (!funcInfo) return;
  attr.u32(72, fd).u32(76, funcInfo.recordSize).pointer(80, funcInfo.bytes);
  attr.u32(88, funcInfo.bytes.length / funcInfo.recordSize);
  if (!lineInfo) return;
  attr.u32(92, lineInfo.recordSize).pointer(96, lineInfo.bytes);
  attr.u32(104, lineInfo.bytes.length / lineInfo.recordSize);
}
