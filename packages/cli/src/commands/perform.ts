import type { Log } from '@scanward/daemon';
import { requireCapabilities } from '../capabilities.ts';
import { type Circumstances, toOperatorError } from '../describe-error.ts';
import type { Changing, InstanceRequest } from '../flags/request.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { OperatorError } from '../operator-error.ts';
import { writePaced } from '../system/paced-output.ts';
import { stderrLog } from '../system/stderr-log.ts';
import { styleFor } from '../tables/style.ts';
import { allowLines } from './allow.ts';
import { allowAdd, allowRemove } from './allow-change.ts';
import { block } from './block.ts';
import { blocksLines } from './blocks.ts';
import type { CommandSystem, OpenInstance } from './command-system.ts';
import { detach } from './detach.ts';
import type { Look } from './look.ts';
import { type Moment, momentOf } from './moment.ts';
import type { Outcome } from './outcome.ts';
import { sourcesLines } from './sources.ts';
import { statusOf } from './status.ts';
import { statusLines } from './status-text.ts';
import { unblock } from './unblock.ts';
import { unblockAll } from './unblock-all.ts';

type ChangingRequest = Extract<InstanceRequest, Changing>;

/** Does one command on the pins of an instance. @throws OperatorError */
export async function perform(request: InstanceRequest, host: Host, system: CommandSystem): Promise<void> {
  const status = system.readText('/proc/self/status') ?? '';
  const limits = system.readText('/proc/self/limits') ?? '';
  const circumstances: Circumstances = { status, limits, release: system.release };
  requireCapabilities(status);
  const log = stderrLog(host.stderr, host.journal.stderr);
  try {
    if (request.command === 'detach') {
      await tell(detach(request.interface, system.detachable(request.place), request.json), host, log);
      return;
    }
    const instance = system.open(request.place);
    try {
      if ('state' in request) await change(request, instance, { host, system, log });
      else await writePaced(linesOf(request, instance, momentOf(system.clock), lookOf(request, host)), host.stdout);
    } finally {
      instance.close();
    }
  } catch (error) {
    const doing = `${request.command} of instance ${request.place.name}`;
    throw folderRefused(error, doing) ?? toOperatorError(error, doing, circumstances);
  }
}

/** The folders of an instance are for who made them alone: capabilities do not open them, only CAP_DAC_OVERRIDE would. */
function folderRefused(error: unknown, doing: string): OperatorError | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== 'EACCES' || path === undefined) return undefined;
  const todo = `${path} is another user's: run it as root (sudo), or as the user that the daemon runs as`;
  return new OperatorError(ExitCode.capability, doing, todo, { cause: error });
}

function lookOf({ json }: { readonly json: boolean }, { isTerminal, environment }: Host): Look {
  return { json, style: styleFor(isTerminal, environment) };
}

type ReadingRequest = Exclude<InstanceRequest, ChangingRequest | { readonly command: 'detach' }>;

function linesOf(request: ReadingRequest, instance: OpenInstance, now: Moment, look: Look): Iterable<string> {
  switch (request.command) {
    case 'status': {
      const status = statusOf(instance, now);
      return look.json ? [JSON.stringify(status)] : statusLines(status, look.style);
    }
    case 'blocks':
      return blocksLines(request.options, instance, now, look);
    case 'sources':
      return sourcesLines(request.options, instance, now, look);
    case 'allow':
      return allowLines(instance, look);
  }
}

async function change(
  request: ChangingRequest,
  instance: OpenInstance,
  { host, system, log }: { readonly host: Host; readonly system: CommandSystem; readonly log: Log },
): Promise<void> {
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
  await tell(outcome, host, log);
  // It is done all the same, and has been told.
  if (unkept !== undefined) throw unkept as Error;
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

async function tell({ lines, warnings }: Outcome, host: Host, log: Log): Promise<void> {
  for (const warning of warnings) log.warn(warning);
  await writePaced(lines, host.stdout);
}
