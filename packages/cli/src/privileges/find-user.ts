import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';

/** A user, as /etc/passwd has him. */
export interface FoundUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** @throws OperatorError when there is no such user, or he is root by another name */
export function findUser(name: string, passwd: string): FoundUser {
  const line = passwd.split('\n').find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':').map(Number) ?? [];
  const attempted = `--user ${name}`;
  if (uid === undefined || gid === undefined || !Number.isInteger(uid) || !Number.isInteger(gid)) {
    const todo = `there is no such user in /etc/passwd: adduser --system --no-create-home ${name}`;
    throw new OperatorError(ExitCode.usage, attempted, todo);
  }
  if (uid === 0 || gid === 0) {
    throw new OperatorError(ExitCode.usage, attempted, 'he or his group is root: name another user');
  }
  return { name, uid, gid };
}
