import { type GivenPlace, type GivenState, placeOf } from '../instance-flags.ts';
import { usage } from '../option.ts';
import { checkPolicy, type GivenPolicy, policyOf } from '../policy-flags.ts';
import type { MetricsChoice } from '../../metrics/where.ts';
import type { RunOptions } from '../run-options.ts';

/** The flags of `run`, as commander hands them on. */
export interface GivenRun extends GivenPlace, GivenState, GivenPolicy {
  interface?: string[];
  trackingPeriod?: number;
  xdp?: 'auto' | 'native' | 'generic';
  allowGateway: boolean;
  replace?: boolean;
  format?: 'text' | 'json';
  object?: string;
  pin: boolean;
  keepOnExit?: boolean;
  metrics?: MetricsChoice;
}

export function withDefaults(given: GivenRun): RunOptions {
  return {
    interfaces: given.interface ?? [],
    trackingPeriodMs: given.trackingPeriod ?? 1_000,
    ...policyOf(given),
    xdp: given.xdp ?? 'auto',
    allowGateway: given.allowGateway,
    replace: given.replace ?? false,
    format: given.format ?? 'text',
    ...(given.object === undefined ? {} : { object: given.object }),
    ...placeOf(given),
    pin: given.pin,
    state: given.state,
    keepOnExit: given.keepOnExit ?? false,
    metrics: given.metrics,
  };
}

/** Refuses what contradicts itself. @throws OperatorError */
export function checkTogether(given: GivenRun, options: RunOptions): void {
  const twice = options.interfaces.find((name, i) => options.interfaces.indexOf(name) !== i);
  if (twice !== undefined) throw usage('--interface', `'${twice}' is given twice: give it once`);
  checkPolicy(given, options);
  if (!options.pin) {
    const pinned = given.bpffs !== undefined ? '--bpffs' : given.name !== undefined ? '--name' : undefined;
    const idle = pinned ?? (options.keepOnExit ? '--keep-on-exit' : undefined);
    if (idle) throw usage(idle, 'it contradicts --no-pin, which leaves nothing behind: leave out one of them');
  }
}
