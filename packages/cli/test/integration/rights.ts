/** What may matter to a program of XDP and its maps. */
export const CAPABILITIES = ['NET_ADMIN', 'PERFMON', 'BPF', 'SYS_ADMIN'] as const;
export type Capability = (typeof CAPABILITIES)[number];

export const USERS = ['root', 'nobody'] as const;

/** What a process may do: with these capabilities and no other, not even as root. */
export interface Rights {
  readonly held: readonly Capability[];
  readonly user: (typeof USERS)[number];
  /** Its limit of locked memory in bytes, which it cannot raise; default: none, where the kernel cares at all. */
  readonly memlock?: number;
}

/** All sets of capabilities, the small ones first. */
const SETS = Array.from({ length: 1 << CAPABILITIES.length }, (_, bits) =>
  CAPABILITIES.filter((_, place) => ((bits >> place) & 1) === 1),
).sort((a, b) => a.length - b.length);

export const SMALLEST: readonly Capability[] = ['NET_ADMIN', 'PERFMON', 'BPF'];

/** What many systems give to everybody who does not ask for more. */
export const SMALL_LIMIT = 64 << 10;

/** Each set, and the smallest that works with too little locked memory. */
export const TRIED: readonly Omit<Rights, 'user'>[] = [
  ...SETS.map((held) => ({ held })),
  { held: SMALLEST, memlock: SMALL_LIMIT },
];

/** Their name in the table: `NET_ADMIN, BPF`. */
export function nameOf({ held, memlock }: Omit<Rights, 'user'>): string {
  const names = held.length === 0 ? 'none' : held.join(', ');
  return memlock === undefined ? names : `${names}; at most ${memlock >> 10} KiB of locked memory`;
}

/** `nobody` of every Debian. */
const NOBODY = 65_534;

/** The words before a command that leave it with these rights. `charged`: this kernel charges maps to locked memory. */
export function launcher({ held, user, memlock }: Rights, charged: boolean): string[] {
  const caps = ['-all', ...held.map((name) => `+${name.toLowerCase()}`)].join();
  const become = user === 'root' ? [] : [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const limit = memlock ?? (charged ? 'unlimited' : undefined);
  return [
    ...(limit === undefined ? [] : ['prlimit', `--memlock=${limit}:${limit}`]),
    ...['setpriv', ...become, `--bounding-set=${caps}`, `--inh-caps=${caps}`, `--ambient-caps=${caps}`],
  ];
}
