import type { InstancePlace, StateChoice } from '../flags/instance-flags.ts';
import type { Host } from '../host.ts';
import { OperatorError } from '../operator-error.ts';
import { writePaced } from '../system/paced-output.ts';
import { styleFor } from '../tables/style.ts';
import { diagnose } from './diagnose.ts';
import { doctorLines } from './doctor-lines.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

/** What `scanward doctor` was asked for. */
export interface DoctorOptions {
  /** Empty: that of the default route. */
  readonly interfaces: readonly string[];
  readonly place: InstancePlace;
  readonly state: StateChoice;
  readonly json: boolean;
}

/** Reads all that the checks are about, attaches nothing and leaves nothing behind. */
export type LookAround = (options: DoctorOptions) => Facts;

/** Prints what was found. @throws OperatorError when something is missing, with the exit code of the first such thing */
export async function doctor(options: DoctorOptions, host: Host, lookAround: LookAround): Promise<void> {
  const findings = diagnose(lookAround(options));
  const look = { json: options.json, style: styleFor(host.isTerminal, host.environment) };
  await writePaced(doctorLines(findings, look), host.stdout);
  const [first, ...more] = findings.filter(({ state }) => state === 'missing');
  if (first) throw asError(first, more.length);
}

function asError({ check, interface: name, found, remedy, exitCode }: Finding, others: number): OperatorError {
  const about = name === undefined ? check : `${name}, ${check}`;
  const rest = others === 0 ? '' : ` (and ${others} more, see above)`;
  return new OperatorError(exitCode ?? 1, `checking this host (${about})`, `${found}: ${remedy ?? ''}${rest}`);
}
