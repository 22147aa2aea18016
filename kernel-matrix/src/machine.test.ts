import { expect, test } from 'vitest';
import { encode, kernelCommandLine, qemuArguments, qemuCommand, type Guest } from './machine.ts';

const guest: Guest = {
  ...{ arch: 'x86-64', accel: 'tcg', cpus: 2, memoryMiB: 3072, vmlinuz: '/k/vmlinuz', initramfs: '/k/initrd' },
  root: { kind: 'virtiofs', socket: '/t/a,b' },
  result: '/t/result',
  parameters: { init: '/c/boot.sh', tests: 'a b', canary: undefined },
};
const line = (each: Guest) => qemuArguments(each).join(' ');

test('an x86-64 guest with the root of this machine', () => {
  expect(qemuCommand('x86-64')).toBe('qemu-system-x86_64');
  const args = line(guest);
  expect(args).toContain('-accel tcg -cpu max -m 3072 -smp 2 ');
  expect(args).toContain('-object memory-backend-memfd,id=memory,size=3072M,share=on -numa node,memdev=memory');
  expect(args).toContain('-chardev socket,id=root,path=/t/a,,b -device vhost-user-fs-pci,chardev=root,tag=hostroot');
  expect(args).toContain('-device virtserialport,chardev=result,name=scanward.result');
  expect(args).toContain('-serial chardev:console');
  expect(line({ ...guest, accel: 'kvm' })).toContain('-accel kvm -cpu host');
});

test('an s390x guest with a disk that stays as it is', () => {
  const args = line({ ...guest, arch: 's390x', root: { kind: 'disk', image: '/c/s390x.img' } });
  expect(args).toContain('-drive file=/c/s390x.img,format=raw,if=none,id=root,snapshot=on -device virtio-blk-ccw');
  expect(args).toContain('-device virtio-serial-ccw');
  expect(args).toContain('-device sclpconsole,chardev=console');
  expect(args).toContain('console=ttysclp0 ');
  expect(args).not.toMatch(/pci|memfd/);
});

test('the kernel is told what the guest side must know, and nothing that is not set', () => {
  expect(kernelCommandLine(guest)).toBe(
    'console=ttyS0 quiet panic=-1 oops=panic no_timer_check scanward.root=virtiofs scanward.init=/c/boot.sh scanward.tests=a%20b',
  );
});

test('a parameter holds no blank and no quote, in whatever language', () => {
  expect(encode('a b"%$ä')).toBe('a%20b%22%25%24%c3%a4');
  expect(decodeURIComponent(encode('größer = 1, "x"\n'))).toBe('größer = 1, "x"\n');
});
