import type { Log } from '@scanward/daemon';
import { requireCapabilities } from '../capabilities.ts';
import type { Circumstances } from '../describe-error.ts';
import type { InstanceRequest } from '../flags/request.ts';
import type { Host } from '../host.ts';
import { writePaced } from '../system/paced-output.ts';
import { stderrLog } from '../system/stderr-log.ts';
import { styleFor } from '../tables/style.ts';
import { allowLines } from './allow.ts';
import { blocksLines } from './blocks.ts';
import { changed, type ChangingRequest } from './changed.ts';
import type { CommandSystem, OpenInstance } from './command-system.ts';
import { described } from './described.ts';
import { detach } from './detach.ts';
import type { Look } from './look.ts';
import { type Moment, momentOf } from './moment.ts';
import type { Outcome } from './outcome.ts';
import { sourcesLines } from './sources.ts';
import { statusOf } from './status.ts';
import { statusLines } from './status-text.ts';

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
    throw described(error, doing, circumstances);
  }
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
      return allowLines(instance, look, request.plain);
  }
}

async function change(
  request: ChangingRequest,
  instance: OpenInstance,
  { host, system, log }: { readonly host: Host; readonly system: CommandSystem; readonly log: Log },
): Promise<void> {
  const { outcome, unkept } = await changed(request, instance, system, log);
  await tell(outcome, host, log);
  // It is done all the same, and has been told.
  if (unkept !== undefined) throw unkept as Error;
}

async function tell({ lines, warnings }: Outcome, host: Host, log: Log): Promise<void> {
  for (const warning of warnings) log.warn(warning);
  await writePaced(lines, host.stdout);
}
