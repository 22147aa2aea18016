import { usage } from './option.ts';

/** Whether addresses alone are wanted. @throws OperatorError where objects are, too */
export function plainOf({
  plain = false,
  json = false,
}: {
  readonly plain?: boolean;
  readonly json?: boolean;
}): boolean {
  if (plain && json) throw usage('--plain', 'it contradicts --json: leave out one of them');
  return plain;
}
