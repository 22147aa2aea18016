import type { Log } from '@scanward/daemon';
import type { Changing, InstanceRequest } from '../flags/request.ts';
import { allowAdd, allowRemove } from './allow-change.ts';
import { block } from './block.ts';
import type { CommandSystem, OpenInstance } from './command-system.ts';
import { type Moment, momentOf } from './moment.ts';
import type { Outcome } from './outcome.ts';
import { unblock } from './unblock.ts';
import { unblockAll } from './unblock-all.ts';

export type ChangingRequest = Extract<InstanceRequest, Changing>;

/** What a change has done, and why the state file does not have it. */
export interface Changed {
  readonly outcome: Outcome;
  /** undefined: it has it, or there is none. */
  readonly unkept: unknown;
}

/** Changes an instance while nobody else does, and has the state file written. @throws OperatorError when nothing was done */
export async function changed(
  request: ChangingRequest,
  instance: OpenInstance,
  system: Pick<CommandSystem, 'keep'> & { readonly clock: Pick<CommandSystem['clock'], 'monotonicNs' | 'wallMs'> },
  log: Log,
): Promise<Changed> {
  let unkept: unknown;
  const outcome = await instance.change(async () => {
    // Taken under the lock, for which it may have waited.
    const now = momentOf(system.clock);
    const done = outcomeOf(request, instance, now);
    try {
      await system.keep(instance, request.state, now, log);
    } catch (error) {
      unkept = error;
    }
    return done;
  });
  return { outcome, unkept };
}

function outcomeOf(request: ChangingRequest, instance: OpenInstance, now: Moment): Outcome {
  switch (request.command) {
    case 'block':
      return block(request.options, instance, now, request.json);
    case 'unblock': {
      const { prefix, graceNs } = request.options;
      if (!prefix) return unblockAll(graceNs, instance, now, request.json);
      return unblock(prefix, graceNs, instance, now, request.json);
    }
    case 'allow add':
      return allowAdd(request.options.prefix, instance, now, request.json);
    case 'allow remove':
      return allowRemove(request.options.prefix, instance, request.json);
  }
}
