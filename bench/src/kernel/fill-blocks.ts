import { nativeSys } from '@scanward/loader-native';
import { blockAll } from './block-commands.ts';
import { programsOf } from './process.ts';
import { endian } from './codec.ts';

const PROG_TEST_RUN = 10;
const PROG_GET_FD_BY_ID = 13;
const OBJ_GET_INFO_BY_FD = 15;
const INFO_BYTES = 80;
const NAME = 64;
/** As much of `scanward_command` as the kernel keeps. */
const COMMAND_NAME = 'scanward_comman';
const little = endian === 'little';

function check(what: string, result: number): number {
  if (result < 0) throw new Error(`${what}: errno ${-result}`);
  return result;
}

function openProgram(id: number): number {
  const attr = new DataView(new ArrayBuffer(16));
  attr.setUint32(0, id, little);
  return check('BPF_PROG_GET_FD_BY_ID', nativeSys.bpf(PROG_GET_FD_BY_ID, new Uint8Array(attr.buffer)));
}

function nameOf(fd: number): string {
  const attr = new DataView(new ArrayBuffer(16));
  const info = new Uint8Array(INFO_BYTES);
  attr.setUint32(0, fd, little);
  attr.setUint32(4, info.length, little);
  check('BPF_OBJ_GET_INFO_BY_FD', nativeSys.bpf(OBJ_GET_INFO_BY_FD, new Uint8Array(attr.buffer), 8, info, info.length));
  const name = Buffer.from(info.subarray(NAME)).toString('latin1');
  return name.slice(0, name.indexOf('\0'));
}

/** Runs a frame; it is changed where it lies. */
function testRun(fd: number, frame: Uint8Array): Uint8Array {
  const attr = new DataView(new ArrayBuffer(48));
  attr.setUint32(0, fd, little);
  attr.setUint32(8, frame.length, little);
  attr.setUint32(12, frame.length, little);
  const places = [16, frame, frame.length, 24, frame, frame.length] as const;
  check('BPF_PROG_TEST_RUN', nativeSys.bpf(PROG_TEST_RUN, new Uint8Array(attr.buffer), ...places));
  return frame;
}

/** Has a running daemon's program block so many sources, as an operator's tool would. */
export function fillBlocks(pid: number, count: number): void {
  for (const id of programsOf(pid)) {
    const fd = openProgram(id);
    try {
      if (nameOf(fd) !== COMMAND_NAME) continue;
      blockAll((frame) => testRun(fd, frame), 0, count);
      return;
    } finally {
      nativeSys.close(fd);
    }
  }
  throw new Error(`process ${pid} holds no command program`);
}
