import { lstatSync, statSync } from 'node:fs';
import { ExitCode } from '../exit-codes.ts';
import { OperatorError } from '../operator-error.ts';
import { isTrusted } from '../system/ours.ts';
import type { Place } from './place.ts';

const STICKY = 0o1000;

/**
 * Where everybody may make folders, as on a BPF file system that nobody set up, somebody may have made those of an instance
 * before it was first started, with links in them to files of the host: what is to be removed there would be removed here.
 *
 * @throws OperatorError `capability`
 */
export function requireTrusted({ bpffs, folder }: Place): void {
  // What is sticky keeps our folder ours.
  const all = statSync(bpffs);
  const mode = (all.mode & STICKY) === 0 ? all.mode : 0;
  const isOurs = isTrusted({ uid: all.uid, mode }) && isTrusted({ uid: lstatSync(bpffs).uid, mode: 0 });
  if (!isOurs) throw untrusted(bpffs);
  const own = lstatSync(folder);
  if (!own.isDirectory() || !isTrusted(own)) throw untrusted(folder);
}

function untrusted(path: string): OperatorError {
  const todo = 'others may change what is in it: remove it, or make it yours (chown) and yours alone (chmod go-w)';
  return new OperatorError(ExitCode.capability, `taking the folder ${path}`, todo);
}
