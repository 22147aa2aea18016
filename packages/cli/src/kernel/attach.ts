import { AttachError, attachXdp, type AttachOptions, BpfSyscallError, type XdpLink } from '@scanward/loader-native';
import { ExitCode } from '../exit-codes.ts';
import type { Attach, Attachment } from '../interfaces.ts';
import { OperatorError } from '../operator-error.ts';
import type { Watcher } from '../pins/link-pins.ts';

/** The choices of an attachment that are not the interface's. */
export interface AttachChoices {
  readonly xdp: 'auto' | 'native' | 'generic';
  readonly replace: boolean;
}

/** Finds the instance that watches an interface. */
export type FindWatcher = (ifindex: number) => Watcher | undefined;

/** How the program is attached, with refusals as errors that the operator can mend. It ends with its descriptor. */
export function attacher(
  create: (options: AttachOptions) => XdpLink,
  { xdp, replace }: AttachChoices,
  watcher: FindWatcher = () => undefined,
): Attach {
  return (link) => {
    try {
      return attachmentOf(create({ ifindex: link.ifindex, mode: xdp, replace }));
    } catch (error) {
      const known = explain(error, xdp, watcher);
      if (!known) throw error;
      const [exitCode, todo] = known;
      throw new OperatorError(exitCode, `attaching to ${link.name}`, todo, { cause: error });
    }
  };
}

function attachmentOf(link: XdpLink): Attachment {
  const close = () => {
    link.close();
  };
  return { mode: link.mode, note: link.note, ifindex: () => link.info().ifindex, close, leave: close, revert: close };
}

function explain(error: unknown, xdp: AttachChoices['xdp'], watcher: FindWatcher): [ExitCode, string] | undefined {
  if (error instanceof AttachError) return explainWatcher(error, watcher) ?? explainAttach(error);
  // What is a matter of rights or memory is the same for all interfaces.
  if (!(error instanceof BpfSyscallError) || error.call !== 'BPF_LINK_CREATE') return undefined;
  if (['EPERM', 'EACCES', 'ENOMEM', 'EMFILE', 'ENFILE', 'ENOSYS'].includes(error.code)) return undefined;
  const todo = xdp === 'native' ? 'use --xdp auto or --xdp generic' : 'watch another interface';
  return [ExitCode.interface, `the interface refuses ${xdp === 'auto' ? '' : `${xdp} `}XDP (${error.code}): ${todo}`];
}

function explainWatcher({ ifindex, foreign }: AttachError, find: FindWatcher): [ExitCode, string] | undefined {
  const watcher = foreign.length === 0 ? undefined : find(ifindex);
  if (!watcher) return undefined;
  const runs = watcher.pid === undefined ? '' : ` (pid ${watcher.pid})`;
  const todo = `stop that one, or take it off with scanward detach --name ${watcher.name}`;
  return [ExitCode.foreignProgram, `instance ${watcher.name}${runs} watches it: ${todo}`];
}

function explainAttach({ code, foreign }: AttachError): [ExitCode, string] {
  const programs = foreign.map(({ programId, mode }) => `id ${programId}, ${mode}`).join('; ');
  switch (code) {
    case 'FOREIGN_PROGRAM':
      return [ExitCode.foreignProgram, `another XDP program is attached (${programs}): take it off, or say --replace`];
    case 'FOREIGN_LINK':
      return [
        ExitCode.foreignProgram,
        `another XDP program is attached (${programs}) by a link, which only its owner can take off: end that program`,
      ];
    case 'INTERFACE_DOWN':
      return [ExitCode.interface, 'its driver takes XDP only while it is up: ip link set it up, or use --xdp generic'];
    case 'NO_INTERFACE':
      return [ExitCode.interface, 'the interface is gone: name one that is there'];
  }
}

/** Attaches one program. */
export function attachProgram(program: Parameters<typeof attachXdp>[0]): (options: AttachOptions) => XdpLink {
  return (options) => attachXdp(program, options);
}
