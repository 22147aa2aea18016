import { ExitCode } from '../exit-codes.ts';
import type { Facts } from './facts.ts';
import { type Finding, missing, ok, refused, unseen, warning } from './finding.ts';

export function checkAddon({ addonError }: Pick<Facts, 'addonError'>): Finding {
  if (addonError === undefined) return ok('native addon', 'it loads');
  const todo = 'install scanward anew, or run `make build` in its repository';
  return missing('native addon', ExitCode.object, `it cannot be loaded (${addonError})`, todo);
}

export function checkObjectFile({ object }: Pick<Facts, 'object'>): Finding {
  if ('refusal' in object) return refused('BPF object', object.refusal);
  if ('unseen' in object) return unseen('BPF object', object);
  return ok('BPF object', `fits this machine (${object.value})`);
}

/** As a start takes it: without `--bpffs` it does without pins. */
export function checkBpffs({ bpffs }: Pick<Facts, 'bpffs'>): Finding {
  const { path, isNamed, isBpfFs, isWritable } = bpffs;
  if (!isBpfFs && isNamed) {
    return missing('bpffs', ExitCode.usage, `${path} is on no BPF file system`, `mount -t bpf bpf ${path}`);
  }
  if (!isBpfFs) {
    const found = `${path} is on no BPF file system: nothing outlives the process`;
    return warning('bpffs', found, 'mount -t bpf bpf /sys/fs/bpf');
  }
  if (isWritable) return ok('bpffs', path);
  return missing('bpffs', ExitCode.capability, `${path} may not be written to`, 'run it as root (sudo)');
}

/** As a start takes it: without `--state` it does without the file. */
export function checkState({ state }: Pick<Facts, 'state'>): Finding {
  if (state === undefined) return ok('state file', 'none is asked for');
  const { path, isNamed, isWritable } = state;
  if (isWritable) return ok('state file', path);
  const found = `${path} cannot be written`;
  const todo = 'run it as root (sudo), name another with --state, or say --no-state';
  if (isNamed) return missing('state file', ExitCode.state, found, todo);
  return warning('state file', `${found}: blocks do not outlive a restart of the host`, todo);
}
