import { lostText } from '../commands/status-text.ts';
import { lostStatus } from '../commands/status.ts';
import { counted } from '../tables/count.ts';
import { localSecond } from '../tables/local-time.ts';
import type { Frame } from './frame.ts';
import { rateText } from './rate-text.ts';

/** One interval as one line, for where there is no terminal. */
export function plainLine({ now, daemon, counters, history, survey }: Frame): string {
  const { connections = 0, probes = 0, dropped = 0 } = history.at(-1) ?? {};
  const rates = `${rateText(connections)} connections/s, ${rateText(probes)} probes/s, ${rateText(dropped)} drops/s`;
  const tables = survey
    ? `; ${counted(survey.sources.count, 'source')}, ${counted(survey.blocks.sources + survey.blocks.nets, 'block')}`
    : '';
  const guard = daemon ? '' : '; no daemon';
  return `${localSecond(now.wallMs)}: ${rates}${tables}; lost ${lostText(lostStatus(counters))}${guard}`;
}
