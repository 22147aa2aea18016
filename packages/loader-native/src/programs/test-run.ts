import { Attr } from '../kernel/attr.ts';
import { call } from '../kernel/call.ts';
import type { Sys } from '../sys/sys.ts';

/** A packet for a program's test run. */
export interface TestRun {
  /** The frame, at least 14 bytes. */
  readonly data: Uint8Array;
  /** How often; 1 by default. The packet is not reset in between. */
  readonly repeat?: number;
  /** Room for the frame as the program left it; by default as long as `data` and 256 bytes more. */
  readonly dataOut?: Uint8Array;
  /** A struct xdp_md (5.15). */
  readonly contextIn?: Uint8Array;
}

export interface TestRunResult {
  /** A number of `XdpVerdict`. */
  readonly verdict: number;
  readonly data: Uint8Array;
  /** Mean of one run. */
  readonly durationNs: number;
}

/** BPF_PROG_TEST_RUN. @throws BpfSyscallError ENOSPC when `dataOut` is too short */
export function testRun(sys: Sys, fd: number, run: TestRun): TestRunResult {
  const out = run.dataOut ?? new Uint8Array(run.data.length + 256);
  const attr = new Attr(80)
    .u32(0, fd)
    .u32(8, run.data.length)
    .u32(12, out.length)
    .pointer(16, run.data)
    .pointer(24, out)
    .u32(32, run.repeat ?? 1);
  if (run.contextIn) attr.u32(40, run.contextIn.length).pointer(48, run.contextIn);
  call(sys, 'BPF_PROG_TEST_RUN', attr);
  return { verdict: attr.getU32(4), data: out.subarray(0, attr.getU32(12)), durationNs: attr.getU32(36) };
}
