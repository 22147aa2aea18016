/** Limits of `bpf/types.h` (names as there) and of user mode. */

/** Distinct ports that a slot of the program's table remembers. */
export const PORTS_MAX = 32;
export const SOURCES_PER_SET = 4;
/** Cells of one line of `syns` and of `singles`. */
export const CELLS_PER_LINE = 7;
export const ONLINK_MAX = 16;
export const RETRANSMISSION_NS = 64_000_000_000n;
/** Nanoseconds of a tick. */
export const TICK_NS = 1024;
export const SOURCE_KEYS = 5;
export const SYN_KEYS = 11;
export const BLOCK_KEYS = 2;
export const SECRET_WORDS = SOURCE_KEYS + 2 * SYN_KEYS + BLOCK_KEYS;
export const BLOCKS_PER_LINE = 5;
/** Nanoseconds of the units in which blocks begin and end. */
export const BLOCK_UNIT_NS = 1n << 26n;
/** In units: no end. */
export const BLOCK_FOR_EVER = 0xffff_ffff;

/** Nets that the program looks at for one packet. */
export const NET_LOOKS_MAX = 8;
/** Bits of the 128: a shorter net is one of IPv6. */
export const IPV4_NET_BITS_MIN = 96;

/** The highest threshold, in user mode. */
export const THRESHOLD_MAX = 1024;
/** Sets of one table: their number times a 32-bit hash is still an exact double. */
export const SETS_MAX = 2 ** 21;
/** Times below this have ticks of 48 bits: nine years of uptime. */
export const TIME_NS_MAX = 1n << 58n;
/** Default capacities of the program's maps. */
export const ALLOW_MAX = 1024;
export const BLOCKS_MAX = 65_536;
export const NETS_MAX = 65_536;
export const LOCAL_MAX = 4_096;
export const SCANS_MAX = 65_536;
