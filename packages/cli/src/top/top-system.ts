import type { Clock } from '@scanward/daemon';
import type { CommandSystem } from '../commands/command-system.ts';
import type { Terminal } from './terminal.ts';

/** What `top` needs of the machine; fakes in tests. */
export interface TopSystem extends Omit<CommandSystem, 'clock' | 'detachable'> {
  readonly clock: Clock;
  readonly terminal: Terminal;
}
