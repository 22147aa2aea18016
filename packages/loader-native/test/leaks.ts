import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect } from 'vitest';

/** What the loader opens, as /proc names it. Node has descriptors of its own, which come and go by its version. */
const OURS = /bpf|btf|^anon_inode:\[event/;

const target = (descriptor: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return ''; // that of the folder itself
  }
};

// Descriptors keep maps, programs and links alive, and so do mappings of maps; nothing else in these tests does.
const counts = () => ({
  descriptors: readdirSync('/proc/self/fd').filter((descriptor) => OURS.test(target(descriptor))).length,
  mappings: readFileSync('/proc/self/maps', 'utf8').split('bpf-map').length - 1,
});

/** After each test this process holds as many descriptors and mappings as before. */
export function expectNoLeaks(): void {
  let before = counts();
  beforeEach(() => {
    before = counts();
  });
  afterEach(() => {
    expect(counts()).toEqual(before);
  });
}
