import { describe, expect, test } from 'vitest';
import { littleEndian } from '../kernel/attr.ts';
import { errnoNumber } from '../kernel/errno.ts';
import { encodeAttribute, encodeMessage, encodeNested, i32Bytes, Type, u16 } from '../network/codec.ts';
import { BpfProgram } from '../programs/bpf-program.ts';
import { passProgram } from '../programs/trivial.ts';
import { FakeSys } from '../testing/fake-sys.ts';
import { attachXdp } from './attach-xdp.ts';

const mode = (flag: number) => (view: DataView) =>
  view.getUint32(12, littleEndian) === flag && view.getUint32(4, littleEndian) === 3;
const native = mode(4);
const generic = mode(2);

function link(...xdp: Uint8Array[]): Uint8Array {
  const info = new Uint8Array(16);
  info.set(i32Bytes(3), 4);
  const name = encodeAttribute(3, Buffer.from('eth0\0'));
  return encodeMessage(Type.NEWLINK, 0, info, name, ...(xdp.length > 0 ? [encodeNested(43, ...xdp)] : []));
}

const netlinkError = (code: string) => encodeMessage(Type.ERROR, 0, i32Bytes(-errnoNumber(code)));

function machine(): { sys: FakeSys; program: BpfProgram } {
  const sys = new FakeSys();
  sys.route = () => link();
  return { sys, program: BpfProgram.load({ name: 'x', instructions: passProgram() }, sys) };
}

describe('attachXdp', () => {
  test.each(['EOPNOTSUPP', 'ERANGE', 'ENOMEM'])('auto falls back to generic on %s, with a note', (code) => {
    const { sys, program } = machine();
    sys.refuse('BPF_LINK_CREATE', code, native);
    expect(attachXdp(program, { ifindex: 3 })).toMatchObject({
      mode: 'generic',
      note: expect.stringContaining(code) as string,
    });
    expect(() => attachXdp(program, { ifindex: 3, mode: 'native' })).toThrow(expect.objectContaining({ code }));
  });

  test('generic is tried once', () => {
    const { sys, program } = machine();
    sys.refuse('BPF_LINK_CREATE', 'EOPNOTSUPP', native).refuse('BPF_LINK_CREATE', 'ENOMEM', generic);
    expect(() => attachXdp(program, { ifindex: 3 })).toThrow(
      expect.objectContaining({ call: 'BPF_LINK_CREATE', code: 'ENOMEM' }),
    );
  });

  test('a kernel without links for XDP', () => {
    const { sys, program } = machine();
    sys.refuse('BPF_LINK_CREATE', 'EINVAL');
    expect(() => attachXdp(program, { ifindex: 3 })).toThrow(
      expect.objectContaining({ feature: 'XDP link', since: '5.9' }),
    );
    expect(sys.open.size).toBe(1);
  });

  test('no right to attach', () => {
    const { sys, program } = machine();
    sys.refuse('BPF_LINK_CREATE', 'EPERM');
    sys.files.set('/proc/self/status', 'CapEff:\t0000008000000000\n');
    expect(() => attachXdp(program, { ifindex: 3 })).toThrow(expect.objectContaining({ missing: ['CAP_NET_ADMIN'] }));
  });

  test('an interface that is down, where the driver minds', () => {
    const { sys, program } = machine();
    sys.refuse('BPF_LINK_CREATE', 'ENETDOWN');
    expect(() => attachXdp(program, { ifindex: 3 })).toThrow(expect.objectContaining({ code: 'INTERFACE_DOWN' }));
  });

  test('an interface that vanishes in between', () => {
    const { sys, program } = machine();
    let asked = 0;
    sys.route = () => (asked++ === 0 ? link() : netlinkError('ENODEV'));
    sys.refuse('BPF_LINK_CREATE', 'EINVAL');
    expect(() => attachXdp(program, { ifindex: 3 })).toThrow(expect.objectContaining({ code: 'NO_INTERFACE' }));
  });

  test('a program that comes in between', () => {
    const { sys, program } = machine();
    let asked = 0;
    sys.route = () => (asked++ === 0 ? link() : link(encodeAttribute(6, i32Bytes(9))));
    sys.refuse('BPF_LINK_CREATE', 'EBUSY');
    expect(() => attachXdp(program, { ifindex: 3 })).toThrow(
      expect.objectContaining({ code: 'FOREIGN_PROGRAM', foreign: [{ programId: 9, mode: 'generic' }] }),
    );
  });

  test('foreign programs of two kinds are both taken off', () => {
    const { sys, program } = machine();
    const off: number[] = [];
    sys.route = (request) => {
      if (u16(request, 4) !== Type.SETLINK)
        return link(encodeAttribute(5, i32Bytes(8)), encodeAttribute(7, i32Bytes(9)));
      off.push(request.at(littleEndian ? -4 : -1)!);
      return encodeMessage(Type.ERROR, 0, i32Bytes(0));
    };
    attachXdp(program, { ifindex: 3, replace: true });
    expect(off).toEqual([4, 8]);
  });

  test.each([0, -1, 1.5, NaN, 2 ** 31])('%d is no interface', (ifindex) => {
    expect(() => attachXdp(machine().program, { ifindex })).toThrow(RangeError);
  });
});
