import { AttachError, BpfSyscallError, type XdpLink } from '@scanward/loader-native';
import { expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { attacher } from './attach.ts';

const link = { ifindex: 7, name: 'veth0', up: true };
const refusal = (error: Error, xdp: 'auto' | 'native' | 'generic' = 'auto') => {
  const attach = attacher(
    () => {
      throw error;
    },
    { xdp, replace: false },
  );
  try {
    attach(link);
  } catch (thrown) {
    return thrown instanceof OperatorError ? `${thrown.exitCode} ${thrown.message}` : thrown;
  }
  return 'attached';
};
const foreign = [{ programId: 42, mode: 'native' as const }];

test.each([
  [
    new AttachError('FOREIGN_PROGRAM', 7, 'x', foreign),
    '6 attaching to veth0: another XDP program is attached (id 42, native): take it off, or say --replace',
  ],
  [
    new AttachError('FOREIGN_LINK', 7, 'x', foreign),
    '6 attaching to veth0: another XDP program is attached (id 42, native) by a link, which only its owner can take off: end that program',
  ],
  [new AttachError('NO_INTERFACE', 7, 'x'), '5 attaching to veth0: the interface is gone: name one that is there'],
  [
    new AttachError('INTERFACE_DOWN', 7, 'x'),
    '5 attaching to veth0: its driver takes XDP only while it is up: ip link set it up, or use --xdp generic',
  ],
  [
    new BpfSyscallError('BPF_LINK_CREATE', 95),
    '5 attaching to veth0: the interface refuses XDP (EOPNOTSUPP): watch another interface',
  ],
])('%s', (error, message) => {
  expect(refusal(error)).toBe(message);
});

test('native only: the way out is named', () => {
  expect(refusal(new BpfSyscallError('BPF_LINK_CREATE', 95), 'native')).toBe(
    '5 attaching to veth0: the interface refuses native XDP (EOPNOTSUPP): use --xdp auto or --xdp generic',
  );
});

test('what is no matter of the interface stays as it is', () => {
  for (const errno of [1, 12, 24]) {
    const error = new BpfSyscallError('BPF_LINK_CREATE', errno);
    expect(refusal(error)).toBe(error);
  }
});

test('an attachment knows where it is, and is closed once', () => {
  const closed: number[] = [];
  const made = { mode: 'generic', note: 'why', info: () => ({ ifindex: 0 }), close: () => closed.push(1) };
  const attachment = attacher(() => made as unknown as XdpLink, { xdp: 'auto', replace: true })(link);
  expect(attachment).toMatchObject({ mode: 'generic', note: 'why' });
  expect(attachment.ifindex()).toBe(0);
  attachment.close();
  expect(closed).toEqual([1]);
});
