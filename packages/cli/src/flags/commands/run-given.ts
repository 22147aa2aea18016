import type { Command } from 'commander';
import { eventsOf, type GivenEvents } from '../event-flags.ts';
import { type GivenPlace, type GivenState, placeOf } from '../instance-flags.ts';
import { usage } from '../option.ts';
import { checkPolicy, type GivenPolicy, policyOf } from '../policy-flags.ts';
import type { MetricsChoice } from '../../metrics/where.ts';
import type { RunOptions } from '../run-options.ts';

/** The flags of `run`, as commander hands them on. */
export interface GivenRun extends GivenPlace, GivenState, GivenPolicy, GivenEvents {
  interface?: string[];
  trackingPeriod?: number;
  xdp?: 'auto' | 'native' | 'generic';
  allowGateway: boolean;
  allowList?: string[];
  blockList?: string[];
  maxNets?: number;
  replace?: boolean;
  format?: 'text' | 'json';
  object?: string;
  user?: string;
  pin: boolean;
  keepOnExit?: boolean;
  metrics?: MetricsChoice;
}

/** What the flags, the environment and the configuration of a command ask for. @throws OperatorError */
export function runOptionsOf(command: Command): RunOptions {
  const options = withDefaults(command.opts());
  for (const layer of layersOf(command)) checkTogether(layer, options);
  return options;
}

/**
 * What contradicts itself is refused where it was said in one breath. A flag on a line may well contradict the configuration:
 * that is what it is for.
 */
function layersOf(command: Command): Record<string, unknown>[] {
  const layers = new Map<string, Record<string, unknown>>();
  for (const [attribute, value] of Object.entries(command.opts<Record<string, unknown>>())) {
    const source = command.getOptionValueSource(attribute);
    if (source === undefined || source === 'default') continue;
    const layer = source === 'cli' || source.startsWith('environment') ? source.slice(0, 3) : 'file';
    layers.set(layer, { ...layers.get(layer), [attribute]: value });
  }
  return [...layers.values()];
}

function withDefaults(given: GivenRun): RunOptions {
  return {
    interfaces: given.interface ?? [],
    trackingPeriodMs: given.trackingPeriod ?? 1_000,
    ...policyOf(given),
    xdp: given.xdp ?? 'auto',
    allowGateway: given.allowGateway,
    allowList: given.allowList ?? [],
    blockList: given.blockList ?? [],
    maxNets: given.maxNets ?? 65_536,
    replace: given.replace ?? false,
    format: given.format ?? 'text',
    ...eventsOf(given),
    ...(given.object === undefined ? {} : { object: given.object }),
    user: given.user,
    ...placeOf(given),
    pin: given.pin,
    state: given.state,
    keepOnExit: given.keepOnExit ?? false,
    metrics: given.metrics,
  };
}

/** Refuses what contradicts itself. @throws OperatorError */
function checkTogether(given: Partial<GivenRun>, options: RunOptions): void {
  const { interface: names = [] } = given;
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw usage('--interface', `'${twice}' is given twice: give it once`);
  checkPolicy(given, options);
  if (given.pin === false) {
    const pinned = given.bpffs !== undefined ? '--bpffs' : given.name !== undefined ? '--name' : undefined;
    const idle = pinned ?? (given.keepOnExit ? '--keep-on-exit' : undefined);
    if (idle) throw usage(idle, 'it contradicts --no-pin, which leaves nothing behind: leave out one of them');
  }
}
