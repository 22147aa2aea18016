import type { Assembly } from './assembly.ts';
import { fitBlocks, type SourceRule } from './fit-blocks.ts';
import type { DaemonPorts } from './ports.ts';
import { restoreState } from './state/restore.ts';

/**
 * What was before this daemon. New maps are filled from the state file; with maps of another daemon that file says nothing
 * new. What is blocked then is known and not told again.
 */
export function recall(parts: Assembly, ports: DaemonPorts, rule: SourceRule, isAdopted: boolean): void {
  if (!isAdopted && ports.state) restoreState(ports, ports.state);
  fitBlocks(ports, rule);
  const blocks = parts.blocking.take();
  parts.graces.refresh();
  if (!isAdopted) return;
  parts.tracking.takeOver();
  parts.deciding.takeOver();
  ports.log.info(`took over ${blocks} ${blocks === 1 ? 'block' : 'blocks'}`);
}
