import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixtureObject } from '../../test/fixture.ts';
import { littleEndian } from '../kernel/attr.ts';
import { Command, type CommandName } from '../kernel/uapi.ts';
import { FakeSys } from '../testing/fake-sys.ts';
import { loadObject, type LoadOptions } from './load-object.ts';

const spec = fixtureObject();
const u32 = (view: DataView, offset: number) => view.getUint32(offset, littleEndian);
const isType = (type: number) => (view: DataView) => u32(view, 0) === type;
const capabilities = (mask: string) => `Name:\tnode\nCapEff:\t${mask}\n`;
// Bits 12 (NET_ADMIN), 38 (PERFMON), 39 (BPF).
const ALL_THREE = '000000c000001000';

function refused(sys: FakeSys, options: LoadOptions = {}): Error & Record<string, unknown> {
  let thrown: unknown;
  try {
    loadObject(spec, { sys, ...options });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Error);
  expect([...sys.open]).toEqual([]);
  return thrown as Error & Record<string, unknown>;
}

describe('a load that succeeds', () => {
  test('freezes the constants before the first program, and closes all', () => {
    const sys = new FakeSys();
    const object = loadObject(spec, { sys });
    expect(sys.isFrozen(object.maps['.rodata']!.fd)).toBe(true);
    expect(sys.isFrozen(object.maps['.data']!.fd)).toBe(false);
    expect(sys.calls.lastIndexOf('BPF_MAP_FREEZE')).toBeLessThan(sys.calls.lastIndexOf('BPF_PROG_LOAD'));
    expect(object.notes).toEqual([]);
    object.close();
    expect(sys.open.size).toBe(0);
  });

  test('on a kernel without frames of several buffers, and says so', () => {
    const withFrags = (view: DataView) => u32(view, 44) !== 0;
    const sys = new FakeSys().refuse('BPF_PROG_LOAD', 'EINVAL', withFrags);
    const object = loadObject(spec, { sys });
    expect(object.notes).toEqual([expect.stringContaining('fixture: this kernel has no XDP for frames')]);
    object.close();
  });

  test('though a signal interrupts the verifier, and without asking it for a log, which takes seconds', () => {
    let logs = 0;
    const sys = new FakeSys()
      .refuse('BPF_PROG_LOAD', 'EACCES', (view) => u32(view, 28) > 0 && logs++ >= 0)
      .refuse('BPF_PROG_LOAD', 'EAGAIN', () => true, 4);
    loadObject(spec, { sys }).close();
    expect(logs).toBe(0);
    expect(sys.open.size).toBe(0);
  });

  test('on a kernel that refuses types to a map', () => {
    const typed = (view: DataView) => u32(view, 48) !== 0;
    const sys = new FakeSys().refuse('BPF_MAP_CREATE', 'ENOTSUPP', typed);
    loadObject(spec, { sys }).close();
    expect(sys.open.size).toBe(0);
  });
});

describe('what is wrong with the object, or the request, is named', () => {
  test('built for the other end', () => {
    const sys = new FakeSys();
    expect(() => loadObject(fixtureObject(false), { sys })).toThrow(
      expect.objectContaining({ code: 'FOREIGN_ENDIAN' }),
    );
    expect(sys.calls).toEqual([]);
  });

  test.each<[string, LoadOptions, string]>([
    ['NO_SUCH_CONSTANT', { constants: { verdit: 1 } }, 'verdit'],
    ['NO_SUCH_CONSTANT', { constants: { total: 1 } }, 'total'],
    ['CONSTANT_VALUE', { constants: { verdict: 2 ** 32 } }, 'verdict'],
    ['CONSTANT_VALUE', { constants: { verdict: 0.5 } }, 'verdict'],
    ['CONSTANT_VALUE', { constants: { verdict: NaN } }, 'verdict'],
    ['CONSTANT_VALUE', { constants: { sizes: [1, 2, 3] } }, 'sizes'],
    ['CONSTANT_VALUE', { constants: { sizes: [1, 2, 3, 65536] } }, 'sizes'],
    ['CONSTANT_VALUE', { constants: { sizes: [] } }, 'sizes'],
    ['CONSTANT_VALUE', { constants: { sizes: new Uint8Array(7) } }, 'sizes'],
    ['NO_SUCH_MAP', { maxEntries: { lockd: 5 } }, 'lockd'],
    ['MAX_ENTRIES', { maxEntries: { locked: 0 } }, 'locked'],
    ['MAX_ENTRIES', { maxEntries: { locked: 1.5 } }, 'locked'],
    ['NO_SUCH_PROGRAM', { programs: ['fixtur'] }, 'fixtur'],
  ])('%s %j', (code, options, name) => {
    const error = refused(new FakeSys(), options);
    expect(error).toMatchObject({ name: 'ObjectLoadError', code });
    expect(error.message).toContain(name);
  });

  test('pinning by name, and a program that is not XDP', () => {
    const pinned = { ...spec, maps: spec.maps.map((map) => ({ ...map, pinByName: true })) };
    expect(() => loadObject(pinned, { sys: new FakeSys() })).toThrow(expect.objectContaining({ code: 'PIN_BY_NAME' }));
    const other = { ...spec, programs: spec.programs.map((program) => ({ ...program, section: 'xdp_devmap' })) };
    expect(() => loadObject(other, { sys: new FakeSys() })).toThrow(expect.objectContaining({ code: 'NOT_XDP' }));
  });
});

describe('what the kernel refuses is named', () => {
  test.each([
    ['BPF_MAP_CREATE', '0000000000001000', ['CAP_BPF']],
    ['BPF_BTF_LOAD', '0000000000000000', ['CAP_BPF']],
    ['BPF_PROG_LOAD', '0000008000000000', ['CAP_NET_ADMIN', 'CAP_PERFMON']],
    ['BPF_PROG_LOAD', '0000000000001000', ['CAP_BPF', 'CAP_PERFMON']],
  ] as const)('EPERM of %s with %s: which capability', (command, mask, missing) => {
    const sys = new FakeSys().refuse(command, 'EPERM');
    sys.files.set('/proc/self/status', capabilities(mask));
    const error = refused(sys);
    expect(error).toMatchObject({ name: 'PermissionError', call: command, code: 'EPERM', missing, memlock: false });
    expect(error.message).toContain(`lacks ${missing.join(', ')}`);
  });

  test.each([
    ['5.10.0-46', true, 'locked-memory limit'],
    ['5.11.0', false, 'seccomp'],
  ])('EPERM with all capabilities on %s', (kernel, memlock, said) => {
    const sys = new FakeSys().refuse('BPF_MAP_CREATE', 'EPERM');
    sys.kernel = kernel;
    sys.files.set('/proc/self/status', capabilities(ALL_THREE));
    const error = refused(sys);
    expect(error).toMatchObject({ missing: [], memlock });
    expect(error.message).toContain(said);
  });

  test('a map that is too large', () => {
    const sys = new FakeSys().refuse('BPF_MAP_CREATE', 'ENOMEM', isType(27));
    expect(refused(sys)).toMatchObject({ name: 'MapCreateError', code: 'ENOMEM', map: 'ring' });
  });

  test('no ring buffer', () => {
    expect(refused(new FakeSys().refuse('BPF_MAP_CREATE', 'EINVAL', isType(27)))).toMatchObject({
      name: 'UnsupportedError',
      feature: 'ring buffer',
      since: '5.8',
    });
  });

  test('types that it does not know, with a spin lock in the object', () => {
    const sys = new FakeSys().refuse('BPF_BTF_LOAD', 'EINVAL');
    sys.log = 'magic: 0xeb9f\n[7] FLOAT Invalid kind\n';
    const error = refused(sys);
    expect(error).toMatchObject({ name: 'ObjectLoadError', code: 'SPIN_LOCK_NEEDS_BTF' });
    expect(error.message).toContain('[7] FLOAT Invalid kind');
  });

  test('types that it does not know, without a spin lock: a note', () => {
    const sys = new FakeSys().refuse('BPF_BTF_LOAD', 'EINVAL');
    const btf = {
      ...spec.btf!,
      types: spec.btf!.types.filter((type) => !('name' in type && type.name === 'bpf_spin_lock')),
    };
    const object = loadObject({ ...spec, btf }, { sys });
    expect(object.notes).toEqual([
      expect.stringContaining('without types: loading the types of the object: BPF_BTF_LOAD: EINVAL'),
    ]);
    object.close();
  });

  test('the verifier: useful lines, and the whole log in a buffer that grows', () => {
    const sys = new FakeSys()
      .refuse('BPF_PROG_LOAD', 'ENOSPC', (view) => u32(view, 28) === 65536)
      .refuse('BPF_PROG_LOAD', 'EACCES', (view) => u32(view, 44) === 0 || u32(view, 28) > 0);
    sys.files.set('/proc/self/status', capabilities('0000008000001000'));
    const filler = '0: R1=ctx() R10=fp0\n'.repeat(5000);
    sys.log = `; return *(u32 *)data;\n${filler}1: (61) r0 = *(u32 *)(r1 +0)\ninvalid access to packet\nprocessed 2 insns\n`;
    const error = refused(sys, { programs: ['drop'] });
    expect(error).toMatchObject({
      name: 'VerifierError',
      program: 'drop',
      code: 'EACCES',
      log: sys.log,
      missing: ['CAP_PERFMON'],
    });
    expect(error['summary']).toBe('; return *(u32 *)data;\n1: (61) r0 = *(u32 *)(r1 +0)\ninvalid access to packet');
  });

  test('a verifier that is interrupted again and again', () => {
    expect(refused(new FakeSys().refuse('BPF_PROG_LOAD', 'EAGAIN'))).toMatchObject({ code: 'EAGAIN' });
  });

  test('a refusal without a log is no verifier error', () => {
    const sys = new FakeSys().refuse('BPF_PROG_LOAD', 'E2BIG', (view) => u32(view, 44) === 0);
    expect(refused(sys, { programs: ['drop'] })).toMatchObject({ name: 'BpfSyscallError', code: 'E2BIG' });
  });
});

test('whichever call fails, with whatever errno, nothing stays open', () => {
  const codes = ['EPERM', 'EINVAL', 'ENOTSUPP', 'ENOMEM', 'E2BIG', 'EMFILE', 'ENOSPC', 'EBADF'];
  const commands: CommandName[] = Object.keys(Command) as CommandName[];
  let failures = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...commands),
      fc.constantFrom(...codes),
      fc.nat(12),
      fc.boolean(),
      (command, code, skip, forever) => {
        let seen = 0;
        const sys = new FakeSys().refuse(command, code, () => (forever ? seen++ >= skip : seen++ === skip));
        try {
          loadObject(spec, { sys }).close();
        } catch (error) {
          failures++;
          expect(error).toHaveProperty(
            'name',
            expect.stringMatching(/^(Bpf|MapCreate|Permission|Unsupported|ObjectLoad|Verifier)/),
          );
        }
        expect([...sys.open]).toEqual([]);
      },
    ),
    { numRuns: 1000 },
  );
  expect(failures).toBeGreaterThan(50);
});
