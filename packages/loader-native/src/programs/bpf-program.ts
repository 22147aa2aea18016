import { Descriptor } from '../descriptor.ts';
import { readInfo } from '../kernel/info.ts';
import { openPin, pinObject } from '../pins.ts';
import { nativeSys } from '../sys/native-sys.ts';
import type { Sys } from '../sys/sys.ts';
import type { ProgramRequest } from './load-attr.ts';
import { loadProgram } from './load-program.ts';
import { testRun, type TestRun, type TestRunResult } from './test-run.ts';

/** What the kernel says of a program. */
export interface ProgramInfo {
  readonly id: number;
  readonly type: number;
  /** The kernel's name of it: at most 15 characters. */
  readonly name: string;
  /** A hash of the instructions, in hex; the same for every value of the constants on one kernel. */
  readonly tag: string;
  readonly jitedBytes: number;
  readonly translatedBytes: number;
  /** Instructions that the verifier looked at (5.16; 0 before). */
  readonly verifiedInstructions: number;
  readonly maps: number;
  /** When it was loaded, in nanoseconds of CLOCK_BOOTTIME. */
  readonly loadTimeNs: bigint;
}

/** A loaded XDP program. */
export class BpfProgram implements Disposable {
  readonly name: string;
  readonly #descriptor: Descriptor;

  private constructor(sys: Sys, fd: number, name: string) {
    this.name = name;
    this.#descriptor = new Descriptor(sys, fd, `program ${name}`);
  }

  /** @throws VerifierError, PermissionError */
  static load(request: ProgramRequest, sys: Sys = nativeSys): BpfProgram {
    return new BpfProgram(sys, loadProgram(request, sys), request.name);
  }

  /** Opens a pinned program. @throws PinError when it is none */
  static open(path: string, sys: Sys = nativeSys): BpfProgram {
    const fd = openPin(sys, path, 'program');
    try {
      return new BpfProgram(sys, fd, readInfo(sys, fd).text(64, 16));
    } catch (error) {
      sys.close(fd);
      throw error;
    }
  }

  /** @throws ClosedError after close() */
  get fd(): number {
    return this.#descriptor.fd;
  }

  get sys(): Sys {
    return this.#descriptor.sys;
  }

  /** Runs the program on a packet, in the network namespace of this process. */
  testRun(run: TestRun): TestRunResult {
    return testRun(this.sys, this.fd, run);
  }

  info(): ProgramInfo {
    const info = readInfo(this.sys, this.fd);
    return {
      type: info.u32(0),
      id: info.u32(4),
      tag: info.hex(8, 8),
      jitedBytes: info.u32(16),
      translatedBytes: info.u32(20),
      loadTimeNs: info.u64(40),
      maps: info.u32(52),
      name: info.text(64, 16),
      verifiedInstructions: info.u32(216),
    };
  }

  /** Keeps the program alive as a file on a BPF file system. */
  pin(path: string): void {
    pinObject(this.sys, this.fd, path);
  }

  close(): void {
    this.#descriptor.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
