import type { ExitCode } from './exit-codes.ts';

/** An error that the operator can mend: it is shown as one line, `scanward: <attempted>: <todo>`, and never with a stack. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly exitCode: ExitCode;
  /** What is wrong and what to do next. */
  readonly todo: string;

  /**
   * @param attempted what was being done, as a phrase ("attaching to veth0")
   * @param todo what is wrong and what to do next
   */
  constructor(exitCode: ExitCode, attempted: string, todo: string, options?: ErrorOptions) {
    super(`${attempted}: ${todo}`, options);
    this.exitCode = exitCode;
    this.todo = todo;
  }
}
