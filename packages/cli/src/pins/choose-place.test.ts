import { expect, test } from 'vitest';
import { choosePlace } from './choose-place.ts';

const choose = (bpffs: string | undefined, pin: boolean, isOne: (path: string) => boolean) =>
  choosePlace({ bpffs, name: 'wan', pin }, isOne);

test('where there is a BPF file system, also when the folder itself is not there yet', () => {
  const asked: string[] = [];
  const { place } = choose('/tmp/none/of/these', true, (path) => asked.push(path) > 0);
  expect(place?.folder).toBe('/tmp/none/of/these/wan');
  expect(asked).toEqual(['/tmp']);
});

test('without pins nothing is asked', () => {
  const fail = () => {
    throw new Error('asked');
  };
  expect(choose('/tmp', false, fail)).toEqual({ place: undefined });
});

test('the usual folder without a BPF file system is a warning that says what to do', () => {
  const { place, warning } = choose(undefined, true, () => false);
  expect(place).toBeUndefined();
  expect(warning).toBe(
    'no BPF file system at /sys/fs/bpf: nothing outlives this process: mount -t bpf bpf /sys/fs/bpf, name another with --bpffs, or say --no-pin',
  );
});

test('a folder that was named is refused without one', () => {
  expect(() => choose('/tmp/x', true, () => false)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: '--bpffs /tmp/x: no BPF file system there: mount -t bpf bpf /tmp/x, or --no-pin',
    }),
  );
});
