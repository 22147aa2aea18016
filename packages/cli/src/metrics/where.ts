/** Where metrics are listened for: an address of this host, or a socket in the file system. */
export type MetricsWhere =
  | { readonly kind: 'tcp'; readonly address: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** What was asked for; undefined: `DEFAULT_WHERE`, if it can be had. */
export type MetricsChoice = MetricsWhere | 'off' | undefined;

/** Nobody but this host. */
export const DEFAULT_WHERE: MetricsWhere = { kind: 'tcp', address: '127.0.0.1', port: 9464 };

/** As `--metrics` takes it. */
export function whereText(where: MetricsWhere): string {
  if (where.kind === 'unix') return `unix:${where.path}`;
  const { address, port } = where;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Where somebody who asks finds them. */
export function whereUrl(where: MetricsWhere): string {
  return where.kind === 'unix' ? `${whereText(where)}, path /metrics` : `http://${whereText(where)}/metrics`;
}
