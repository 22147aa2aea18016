import type { BpfProgram } from '@scanward/loader-native';
import type { RunFrame } from '@scanward/map-codec';

/** The program `scanward_command`, which is never attached: what user space asks of it are test runs. */
export type CommandProgram = Pick<BpfProgram, 'testRun'>;

/** Runs frames through it. Each time is one run: to repeat one costs the kernel milliseconds of preparation. */
export function frameRunner(program: CommandProgram): RunFrame {
  return (data) => program.testRun({ data }).data;
}
