import type { Prefix } from '@scanward/daemon';
import { type GivenPlace, type GivenState, placeOf } from '../instance-flags.ts';
import { usage } from '../option.ts';
import { type RunOptions, THRESHOLD_MAX } from '../run-options.ts';

/** The flags of `run`, as commander hands them on. */
export interface GivenRun extends GivenPlace, GivenState {
  interface?: string[];
  trackingPeriod?: number;
  detectScanPeriod?: number;
  threshold?: number;
  window?: bigint;
  blockTtl?: bigint;
  mode?: 'kernel' | 'user';
  response?: 'block' | 'log';
  evidence?: 'any' | 'closed';
  keepEstablished?: boolean;
  maxNewBlocks?: number;
  xdp?: 'auto' | 'native' | 'generic';
  allow?: Prefix[];
  allowGateway: boolean;
  ipv6Prefix?: number;
  maxSources?: number;
  maxBlocks?: number;
  replace?: boolean;
  format?: 'text' | 'json';
  object?: string;
  pin: boolean;
  keepOnExit?: boolean;
}

export function withDefaults(given: GivenRun): RunOptions {
  return {
    interfaces: given.interface ?? [],
    trackingPeriodMs: given.trackingPeriod ?? 1_000,
    detectScanPeriodMs: given.detectScanPeriod ?? 60_000,
    threshold: given.threshold ?? 3,
    windowNs: given.window ?? 60_000_000_000n,
    blockTtlNs: given.blockTtl ?? 3_600_000_000_000n,
    mode: given.mode ?? 'kernel',
    response: given.response ?? 'block',
    evidence: given.evidence ?? 'any',
    keepEstablished: given.keepEstablished ?? true,
    maxNewBlocks: given.maxNewBlocks ?? 300,
    xdp: given.xdp ?? 'auto',
    allow: given.allow ?? [],
    allowGateway: given.allowGateway,
    ipv6Prefix: given.ipv6Prefix ?? 64,
    maxSources: given.maxSources ?? 65_536,
    maxBlocks: given.maxBlocks ?? 65_536,
    replace: given.replace ?? false,
    format: given.format ?? 'text',
    ...(given.object === undefined ? {} : { object: given.object }),
    ...placeOf(given),
    pin: given.pin,
    state: given.state,
    keepOnExit: given.keepOnExit ?? false,
  };
}

/** Refuses what contradicts itself. @throws OperatorError */
export function checkTogether(given: GivenRun, options: RunOptions): void {
  const twice = options.interfaces.find((name, i) => options.interfaces.indexOf(name) !== i);
  if (twice !== undefined) throw usage('--interface', `'${twice}' is given twice: give it once`);
  if (options.mode === 'kernel' && options.threshold > THRESHOLD_MAX.kernel) {
    const wanted = `'${options.threshold}' is more than ${THRESHOLD_MAX.kernel}, the most that the kernel can count`;
    throw usage('--threshold', `${wanted}: add --mode user, which takes up to ${THRESHOLD_MAX.user}`);
  }
  if (options.response === 'log') {
    const cap = given.maxNewBlocks !== undefined ? '--max-new-blocks' : undefined;
    const idle = given.blockTtl !== undefined ? '--block-ttl' : given.maxBlocks !== undefined ? '--max-blocks' : cap;
    if (idle) throw usage(idle, 'it contradicts --response log, which blocks nobody: leave out one of them');
  }
  if (!options.pin) {
    const pinned = given.bpffs !== undefined ? '--bpffs' : given.name !== undefined ? '--name' : undefined;
    const idle = pinned ?? (options.keepOnExit ? '--keep-on-exit' : undefined);
    if (idle) throw usage(idle, 'it contradicts --no-pin, which leaves nothing behind: leave out one of them');
  }
}
