import { at, type Json } from './documents.ts';

/** What a container may do, said in one way for all that start it. */
export interface Rights {
  readonly added: readonly string[];
  readonly dropped: readonly string[];
  readonly isReadOnly: boolean;
  readonly isPrivileged: boolean;
  readonly mayGainMore: boolean;
}

/** The smallest set that works: docs/RIGHTS.md has the table. */
export const RIGHTS: Rights = {
  added: ['BPF', 'NET_ADMIN', 'PERFMON'],
  dropped: ['ALL'],
  isReadOnly: true,
  isPrivileged: false,
  mayGainMore: false,
};

/** Of a container of a pod. What is left out is what Kubernetes then does. */
export function rightsOfContainer(container: Json | undefined): Rights {
  const context = at(container, 'securityContext');
  return {
    added: words(at(context, 'capabilities.add')),
    dropped: words(at(context, 'capabilities.drop')),
    isReadOnly: at(context, 'readOnlyRootFilesystem') === true,
    isPrivileged: at(context, 'privileged') === true,
    mayGainMore: at(context, 'allowPrivilegeEscalation') !== false,
  };
}

/** Of a service of a compose file. */
export function rightsOfService(service: Json | undefined): Rights {
  return {
    added: words(at(service, 'cap_add')),
    dropped: words(at(service, 'cap_drop')),
    isReadOnly: at(service, 'read_only') === true,
    isPrivileged: at(service, 'privileged') === true,
    mayGainMore: !words(at(service, 'security_opt')).includes('no-new-privileges:true'),
  };
}

/** Of the flags of `docker run`, as the Makefile has them. */
export function rightsOfFlags(line: string): Rights {
  const flags = line.trim().replaceAll('=', ' ').split(/\s+/);
  const values = (name: string) =>
    flags.flatMap((flag, i) => (flag === name ? (flags[i + 1] ?? '').split(',') : [])).sort();
  return {
    added: values('--cap-add'),
    dropped: values('--cap-drop'),
    isReadOnly: flags.includes('--read-only'),
    isPrivileged: flags.includes('--privileged'),
    mayGainMore: !values('--security-opt').some((option) => option.startsWith('no-new-privileges')),
  };
}

const words = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String).sort() : []);
