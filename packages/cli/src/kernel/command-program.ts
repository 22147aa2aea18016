import type { BpfProgram } from '@scanward/loader-native';
import type { RunFrame } from '@scanward/map-codec';
import { hasCode } from './errno.ts';

/** The program `scanward_command`, which is never attached: what user space asks of it are test runs. */
export type CommandProgram = Pick<BpfProgram, 'testRun'>;

/** Runs frames through it. */
export function frameRunner(program: CommandProgram): RunFrame {
  return (data, repeat) => {
    for (;;) {
      try {
        return program.testRun({ data, repeat }).data;
      } catch (error) {
        // A signal came between two runs, and nobody knows how many there were; all commands can be given twice.
        if (!hasCode(error, 'EINTR')) throw error;
      }
    }
  };
}
