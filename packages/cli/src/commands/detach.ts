import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import type { Keeper } from './instance.ts';
import type { Outcome } from './outcome.ts';

/** As much of an instance as this needs; its maps may be of another layout. */
export interface Detachable {
  readonly name: string;
  /** Names of the interfaces that have a pinned link; undefined: there is no such instance. */
  interfaces(): readonly string[] | undefined;
  daemon(): Keeper | undefined;
  /** Removes the link of one interface. */
  detach(name: string): void;
  /** Removes links, maps and folders. */
  remove(): void;
}

/** Ends what a daemon left behind, on one interface or altogether. @throws OperatorError `absent`, `busy` */
export function detach(wanted: string | undefined, target: Detachable, json: boolean): Outcome {
  const attempted = wanted === undefined ? `detaching instance ${target.name}` : `detaching from ${wanted}`;
  const refuse = (code: ExitCode, todo: string) => new OperatorError(code, attempted, todo);
  const interfaces = target.interfaces();
  if (!interfaces) throw refuse(ExitCode.absent, 'there is no such instance: nothing is attached');
  const daemon = target.daemon();
  if (daemon) {
    const who = daemon.pid === undefined ? 'a daemon runs' : `a daemon runs (pid ${daemon.pid})`;
    throw refuse(ExitCode.busy, `${who}: stop it, which detaches too`);
  }
  if (wanted === undefined) {
    target.remove();
    return told(
      `Detached instance ${target.name} from ${interfaces.join(', ') || 'no interface'}; its maps are gone`,
      interfaces,
      true,
      json,
    );
  }
  if (!interfaces.includes(wanted)) {
    throw refuse(ExitCode.absent, `it is not attached there: it is to ${interfaces.join(', ') || 'no interface'}`);
  }
  target.detach(wanted);
  const left = interfaces.filter((name) => name !== wanted);
  const rest = left.length > 0 ? `still attached to ${left.join(', ')}` : 'its maps stay: scanward detach removes them';
  return told(`Detached from ${wanted}; ${rest}`, [wanted], false, json);
}

function told(text: string, interfaces: readonly string[], removed: boolean, json: boolean): Outcome {
  return { lines: [json ? JSON.stringify({ action: 'detach', interfaces, removed }) : text], warnings: [] };
}
