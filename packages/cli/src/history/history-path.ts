import { dirname, join } from 'node:path';
import type { StateChoice } from '../flags/instance-flags.ts';
import { statePath } from '../system/state-path.ts';

/** The history of an instance's scans, beside its state file; undefined: it has neither. */
export function historyPath(state: StateChoice, name: string, isPinned = true): string | undefined {
  const beside = statePath(state, name, isPinned);
  if (beside === undefined) return undefined;
  return join(dirname(beside), `${name === 'default' ? 'scans' : `scans-${name}`}.jsonl`);
}
