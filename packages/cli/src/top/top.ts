import { requireCapabilities } from '../capabilities.ts';
import type { Circumstances } from '../describe-error.ts';
import { described } from '../commands/described.ts';
import type { TopRequest } from '../flags/request.ts';
import type { Host } from '../host.ts';
import { frameFields } from './fields.ts';
import { Live } from './live.ts';
import { Pacer } from './pacer.ts';
import { colourPaint, plainPaint } from './paint.ts';
import { plainLine } from './plain-line.ts';
import { stream } from './stream.ts';
import type { TopSystem } from './top-system.ts';
import { Watch } from './watch.ts';

/** Shows an instance until it is told to end: on a terminal live, elsewhere and as JSON a line an interval. @throws OperatorError */
export async function top(request: TopRequest, host: Host, system: TopSystem): Promise<void> {
  const status = system.readText('/proc/self/status') ?? '';
  const limits = system.readText('/proc/self/limits') ?? '';
  const circumstances: Circumstances = { status, limits, release: system.release };
  requireCapabilities(status);
  const { intervalMs, count = Infinity } = request.options;
  const pacer = new Pacer(system.clock, intervalMs);
  const release = host.onSignal(() => {
    pacer.end();
  });
  try {
    const watch = new Watch(request, system);
    try {
      if (host.isTerminal && !request.json) {
        const paint = host.environment['NO_COLOR'] ? plainPaint : colourPaint;
        await new Live(watch, pacer, system.terminal, paint, circumstances).run(count);
      } else {
        const format = request.json ? jsonLine : plainLine;
        await stream(watch, count, pacer, host.stdout, format);
      }
    } finally {
      watch.close();
    }
  } catch (error) {
    throw described(error, `top of instance ${request.place.name}`, circumstances);
  } finally {
    release();
  }
}

const jsonLine = (frame: Parameters<typeof frameFields>[0]): string => JSON.stringify(frameFields(frame));
