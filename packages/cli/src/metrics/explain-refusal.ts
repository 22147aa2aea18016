import type { MetricsWhere } from './where.ts';

/** Why it cannot be listened on, in the operator's words. */
export function explainRefusal(error: unknown, where: MetricsWhere): string {
  const { code, message }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  const isUnix = where.kind === 'unix';
  switch (code) {
    case 'EADDRINUSE':
      return isUnix ? 'another process listens there' : 'the port is in use';
    case 'EADDRNOTAVAIL':
      return isLoopback(where) ? 'the loopback interface is down' : 'it is no address of this host';
    case 'EACCES':
    case 'EPERM':
      return isUnix ? 'this process may not write there' : 'this process may not use ports below 1024';
    case 'ENOTSOCK':
      return 'it is there, and no socket';
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such folder';
    case 'EAFNOSUPPORT':
      return 'this kernel has no such addresses';
    default:
      return code ?? message;
  }
}

const isLoopback = (where: MetricsWhere): boolean =>
  where.kind === 'tcp' && (where.address.startsWith('127.') || where.address === '::1');
