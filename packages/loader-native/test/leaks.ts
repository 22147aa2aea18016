import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect } from 'vitest';

// Descriptors keep maps, programs and links alive, and so do mappings of maps; nothing else in these tests does.
const counts = () => ({
  descriptors: readdirSync('/proc/self/fd').length,
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
