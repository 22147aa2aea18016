import { type BtfSpec, structNames } from '@scanward/bpf-object';
import { PermissionError } from '../errors.ts';
import { Attr } from '../kernel/attr.ts';
import { tryCall } from '../kernel/call.ts';
import { errnoNumber } from '../kernel/errno.ts';
import { kernelError } from '../permission.ts';
import { logText } from '../programs/verifier-log.ts';
import type { Sys } from '../sys/sys.ts';
import { ObjectLoadError } from './object-load-error.ts';

const LOG_BYTES = 64 * 1024;

/** The object's types in the kernel, or why it goes without. */
export type LoadedBtf = { readonly fd: number } | { readonly refused: string };

function load(sys: Sys, bytes: Uint8Array, log?: Uint8Array): number {
  const attr = new Attr(32).pointer(0, bytes).u32(16, bytes.length);
  if (log) attr.pointer(8, log).u32(20, log.length).u32(24, 1);
  return tryCall(sys, 'BPF_BTF_LOAD', attr);
}

/**
 * BPF_BTF_LOAD. An older kernel may not know a kind of type: the object then loads without, which costs only
 * readable dumps, unless it holds a spin lock.
 */
export function loadBtf(btf: BtfSpec, sys: Sys): LoadedBtf {
  const result = load(sys, btf.bytes);
  if (result >= 0) return { fd: result };
  const error = kernelError(sys, 'BPF_BTF_LOAD', -result, 'loading the types of the object');
  if (error instanceof PermissionError || -result === errnoNumber('ENOMEM')) throw error;
  const log = new Uint8Array(LOG_BYTES);
  const again = load(sys, btf.bytes, log);
  if (again >= 0) return { fd: again };
  const reason = logText(log).trim().split('\n').at(-1) ?? '';
  const refused = `${error.message}${reason === '' ? '' : ` (${reason})`}`;
  if (structNames(btf).includes('bpf_spin_lock')) {
    throw new ObjectLoadError('SPIN_LOCK_NEEDS_BTF', `a spin lock needs types, but ${refused}`, { cause: error });
  }
  return { refused };
}
