import { features } from '../features.ts';
import { availableParallelism, release } from 'node:os';

/** What a test may need that not every kernel has. */
export interface Need {
  readonly what: string;
  /** The first kernel with it. */
  readonly since: string;
  readonly has: () => boolean;
}

export const NEEDS = {
  bpfLink: { what: 'bpf_link for XDP', since: '5.9', has: () => features().xdpLink },
  xdpFrags: { what: 'XDP frags', since: '5.18', has: () => features().xdpFrags },
  coarseClock: { what: 'bpf_ktime_get_coarse_ns', since: '5.11', has: () => features().coarseClock },
} satisfies Record<string, Need>;

/** The parts of vitest's test context that are used here. */
interface Skippable {
  skip(note?: string): never;
}

/** `6.18.15+deb13-cloud-amd64` has what came with `6.2`. */
export function isAtLeast(kernel: string, since: string): boolean {
  const parts = (text: string): number[] => text.split(/[.\-+]/, 2).map(Number);
  const [[major = 0, minor = 0], [sinceMajor = 0, sinceMinor = 0]] = [parts(kernel), parts(since)];
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}

/**
 * Skips a test where the kernel cannot have what it needs, and says which one has it. A skip is earned: where the kernel
 * should have it and has not, the test fails.
 */
export function needs(context: Skippable, { what, since, has }: Need, kernel = release()): void {
  if (has()) return;
  if (isAtLeast(kernel, since))
    throw new Error(`${what} is missing, though Linux ${kernel} should have it (since ${since})`);
  context.skip(`needs ${what}: Linux ${since} or later`);
}

/** Skips a test on a machine that was given fewer processors on purpose (MATRIX_CPUS); elsewhere it fails. */
export function needsCpus(context: Skippable, count: number): void {
  if (availableParallelism() >= count) return;
  const given = Number(process.env['MATRIX_CPUS'] ?? Infinity);
  if (given >= count) throw new Error(`this test needs ${count} processors`);
  context.skip(`needs ${count} processors: another cell of the matrix has them`);
}
