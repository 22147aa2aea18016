import type { Prefix } from '@scanward/daemon';
import type { PolicyChoice } from '../flags/policy-choice.ts';

/** Who decides about the packets of a capture: the program's model in TypeScript, or the program itself. */
export type EngineName = 'ts' | 'kernel';

/** What `scanward replay` was asked to do. */
export interface ReplayOptions extends PolicyChoice {
  /** Read one after the other, as one capture; `-` is standard input. */
  readonly files: readonly string[];
  readonly engine: EngineName;
  /** The addresses of the host that the capture is of; empty: they are guessed. */
  readonly local: readonly Prefix[];
  /** JSON, one object a line, instead of text. */
  readonly json: boolean;
  /** Another BPF object than the shipped one, for the engine `kernel`. */
  readonly object?: string;
}
