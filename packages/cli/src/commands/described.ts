import { type Circumstances, toOperatorError } from '../describe-error.ts';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';

/** What failed while a command worked on an instance, as one line that says what to do. */
export function described(error: unknown, doing: string, circumstances: Circumstances): OperatorError {
  return folderRefused(error, doing) ?? toOperatorError(error, doing, circumstances);
}

/** The folders of an instance are for who made them alone: capabilities do not open them, only CAP_DAC_OVERRIDE would. */
function folderRefused(error: unknown, doing: string): OperatorError | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== 'EACCES' || path === undefined) return undefined;
  const todo = `${path} is another user's: run it as root (sudo), or as the user that the daemon runs as`;
  return new OperatorError(ExitCode.capability, doing, todo, { cause: error });
}
