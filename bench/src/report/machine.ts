import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** Where and when it was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly jit: boolean;
  readonly date: string;
  readonly command: string;
  /** Of one minute, before each group. */
  readonly loads: Readonly<Record<string, number>>;
}

/** Load average of the last minute. */
export const load = (): number => loadavg()[0]!;

function jit(): boolean {
  try {
    return readFileSync('/proc/sys/net/core/bpf_jit_enable', 'latin1').trim() !== '0';
  } catch {
    return false;
  }
}

export function describeMachine(command: string, loads: Readonly<Record<string, number>>): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    jit: jit(),
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    command,
    loads,
  };
}
