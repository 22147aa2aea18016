import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect } from 'vitest';

const ids = (kind: 'map' | 'prog' | 'link') =>
  (JSON.parse(execFileSync('bpftool', ['-j', kind, 'list'], { encoding: 'utf8' })) as { id: number; pids?: { pid: number }[] }[])
    .filter(({ pids }) => pids?.some(({ pid }) => pid === process.pid))
    .map(({ id }) => id);

const descriptors = () => readdirSync('/proc/self/fd').length;
const mappings = () => execFileSync('grep', ['-c', 'bpf-map', `/proc/${process.pid}/maps`, '--'], { encoding: 'utf8' });
const countMappings = () => {
  try {
    return Number(mappings());
  } catch {
    return 0;
  }
};

/** After each test this process holds as many descriptors, mappings, maps, programs and links as before. */
export function expectNoLeaks(): void {
  let before = { descriptors: 0, mappings: 0 };
  beforeEach(() => {
    before = { descriptors: descriptors(), mappings: countMappings() };
  });
  afterEach(() => {
    expect({ descriptors: descriptors(), mappings: countMappings() }).toEqual(before);
    expect([ids('map'), ids('prog'), ids('link')]).toEqual([[], [], []]);
  });
}
