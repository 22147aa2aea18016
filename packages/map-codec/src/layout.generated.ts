// Made by `npm run generate -w @scanward/map-codec` from the BTF of bpf/prebuilt and from bpf/types.h. Do not edit.

/** Every struct of bpf/types.h: where its fields are, in bytes. */
export const LAYOUTS = {
  addr: {
    name: 'addr',
    size: 16,
    fields: [
      { name: 'octets', offset: 0, size: 16, type: 'u8', count: 16 },
    ],
  },
  prefix: {
    name: 'prefix',
    size: 32,
    fields: [
      { name: 'address', offset: 0, size: 16, type: 'struct addr' },
      { name: 'mask', offset: 16, size: 16, type: 'struct addr' },
    ],
  },
  policy: {
    name: 'policy',
    size: 568,
    fields: [
      { name: 'window_ns', offset: 0, size: 8, type: 'u64' },
      { name: 'block_ttl_ns', offset: 8, size: 8, type: 'u64' },
      { name: 'threshold', offset: 16, size: 4, type: 'u32' },
      { name: 'mode', offset: 20, size: 1, type: 'u8' },
      { name: 'response', offset: 21, size: 1, type: 'u8' },
      { name: 'ipv6_prefix', offset: 22, size: 1, type: 'u8' },
      { name: 'onlink_count', offset: 23, size: 1, type: 'u8' },
      { name: 'blocks_per_minute', offset: 24, size: 4, type: 'u32' },
      { name: 'ephemeral_first', offset: 28, size: 2, type: 'u16' },
      { name: 'ephemeral_last', offset: 30, size: 2, type: 'u16' },
      { name: 'evidence', offset: 32, size: 1, type: 'u8' },
      { name: 'keep_established', offset: 33, size: 1, type: 'u8' },
      { name: 'pad', offset: 34, size: 6, type: 'u8', count: 6 },
      { name: 'ipv6_mask', offset: 40, size: 16, type: 'struct addr' },
      { name: 'onlink', offset: 56, size: 512, type: 'struct prefix', count: 16 },
    ],
  },
  local: {
    name: 'local',
    size: 4,
    fields: [
      { name: 'kind', offset: 0, size: 4, type: 'u32' },
    ],
  },
  prefix_key: {
    name: 'prefix_key',
    size: 20,
    fields: [
      { name: 'prefix_bits', offset: 0, size: 4, type: 'u32' },
      { name: 'address', offset: 4, size: 16, type: 'u8', count: 16 },
    ],
  },
  allow: {
    name: 'allow',
    size: 4,
    fields: [
      { name: 'reason', offset: 0, size: 4, type: 'u32' },
    ],
  },
  block_line: {
    name: 'block_line',
    size: 128,
    fields: [
      { name: 'in_hash', offset: 0, size: 2, type: 'u16' },
      { name: 'reasons', offset: 2, size: 5, type: 'u8', count: 5 },
      { name: 'pad', offset: 7, size: 1, type: 'u8' },
      { name: 'addresses', offset: 8, size: 20, type: 'be32', count: 5 },
      { name: 'expiries', offset: 28, size: 20, type: 'u32', count: 5 },
      { name: 'starts', offset: 48, size: 20, type: 'u32', count: 5 },
      { name: 'packets', offset: 68, size: 20, type: 'u32', count: 5 },
      { name: 'bytes', offset: 88, size: 40, type: 'u64', count: 5 },
    ],
  },
  block: {
    name: 'block',
    size: 40,
    fields: [
      { name: 'start_ns', offset: 0, size: 8, type: 'u64' },
      { name: 'expiry_ns', offset: 8, size: 8, type: 'u64' },
      { name: 'packets', offset: 16, size: 8, type: 'u64' },
      { name: 'bytes', offset: 24, size: 8, type: 'u64' },
      { name: 'reason', offset: 32, size: 4, type: 'u32' },
      { name: 'bits', offset: 36, size: 4, type: 'u32' },
    ],
  },
  blocklist: {
    name: 'blocklist',
    size: 68,
    fields: [
      { name: 'lock', offset: 0, size: 4, type: 'struct bpf_spin_lock' },
      { name: 'is_taken', offset: 4, size: 4, type: 'u32' },
      { name: 'count', offset: 8, size: 4, type: 'u32' },
      { name: 'span_blocks', offset: 12, size: 4, type: 'u32' },
      { name: 'span_start', offset: 16, size: 4, type: 'u32' },
      { name: 'pad', offset: 20, size: 44, type: 'u8', count: 44 },
      { name: 'nets', offset: 64, size: 4, type: 'u32' },
    ],
  },
  grace: {
    name: 'grace',
    size: 8,
    fields: [
      { name: 'until_ns', offset: 0, size: 8, type: 'u64' },
    ],
  },
  block_note: {
    name: 'block_note',
    size: 132,
    fields: [
      { name: 'ports_count', offset: 0, size: 2, type: 'u16' },
      { name: 'text_length', offset: 2, size: 2, type: 'u16' },
      { name: 'ports', offset: 4, size: 64, type: 'be16', count: 32 },
      { name: 'text', offset: 68, size: 64, type: 'u8', count: 64 },
    ],
  },
  source: {
    name: 'source',
    size: 312,
    fields: [
      { name: 'source', offset: 0, size: 16, type: 'struct addr' },
      { name: 'destination', offset: 16, size: 16, type: 'struct addr' },
      { name: 'over_ns', offset: 32, size: 8, type: 'u64' },
      { name: 'until_ns', offset: 40, size: 8, type: 'u64' },
      { name: 'connections', offset: 48, size: 4, type: 'u32' },
      { name: 'ports', offset: 52, size: 4, type: 'u32' },
      { name: 'touches', offset: 56, size: 256, type: 'u64', count: 32 },
    ],
  },
  source_set: {
    name: 'source_set',
    size: 1256,
    fields: [
      { name: 'lock', offset: 0, size: 4, type: 'struct bpf_spin_lock' },
      { name: 'pad', offset: 4, size: 4, type: 'u32' },
      { name: 'slots', offset: 8, size: 1248, type: 'struct source', count: 4 },
    ],
  },
  line: {
    name: 'line',
    size: 64,
    fields: [
      { name: 'lock', offset: 0, size: 4, type: 'struct bpf_spin_lock' },
      { name: 'mark', offset: 4, size: 4, type: 'u32' },
      { name: 'cells', offset: 8, size: 56, type: 'u64', count: 7 },
    ],
  },
  connection: {
    name: 'connection',
    size: 56,
    fields: [
      { name: 'time_ns', offset: 0, size: 8, type: 'u64' },
      { name: 'source', offset: 8, size: 16, type: 'struct addr' },
      { name: 'destination', offset: 24, size: 16, type: 'struct addr' },
      { name: 'source_port', offset: 40, size: 2, type: 'be16' },
      { name: 'destination_port', offset: 42, size: 2, type: 'be16' },
      { name: 'ifindex', offset: 44, size: 4, type: 'u32' },
      { name: 'kind', offset: 48, size: 1, type: 'u8' },
      { name: 'port_state', offset: 49, size: 1, type: 'u8' },
      { name: 'pad', offset: 50, size: 6, type: 'u8', count: 6 },
    ],
  },
  scan: {
    name: 'scan',
    size: 128,
    fields: [
      { name: 'time_ns', offset: 0, size: 8, type: 'u64' },
      { name: 'source', offset: 8, size: 16, type: 'struct addr' },
      { name: 'destination', offset: 24, size: 16, type: 'struct addr' },
      { name: 'expiry_ns', offset: 40, size: 8, type: 'u64' },
      { name: 'ifindex', offset: 48, size: 4, type: 'u32' },
      { name: 'ports_count', offset: 52, size: 2, type: 'u16' },
      { name: 'source_bits', offset: 54, size: 1, type: 'u8' },
      { name: 'blocked', offset: 55, size: 1, type: 'u8' },
      { name: 'kind', offset: 56, size: 1, type: 'u8' },
      { name: 'outcome', offset: 57, size: 1, type: 'u8' },
      { name: 'pad', offset: 58, size: 6, type: 'u8', count: 6 },
      { name: 'ports', offset: 64, size: 64, type: 'be16', count: 32 },
    ],
  },
  tally: {
    name: 'tally',
    size: 16,
    fields: [
      { name: 'packets', offset: 0, size: 8, type: 'u64' },
      { name: 'bytes', offset: 8, size: 8, type: 'u64' },
    ],
  },
  counters: {
    name: 'counters',
    size: 240,
    fields: [
      { name: 'verdicts', offset: 0, size: 176, type: 'struct tally', count: 11 },
      { name: 'connections_lost', offset: 176, size: 8, type: 'u64' },
      { name: 'scans_lost', offset: 184, size: 8, type: 'u64' },
      { name: 'blocks_made', offset: 192, size: 8, type: 'u64' },
      { name: 'blocks_refused', offset: 200, size: 8, type: 'u64' },
      { name: 'blocks_capped', offset: 208, size: 8, type: 'u64' },
      { name: 'sources_evicted', offset: 216, size: 8, type: 'u64' },
      { name: 'singles_evicted', offset: 224, size: 8, type: 'u64' },
      { name: 'syns_evicted', offset: 232, size: 8, type: 'u64' },
    ],
  },
  command: {
    name: 'command',
    size: 88,
    fields: [
      { name: 'op', offset: 0, size: 4, type: 'u32' },
      { name: 'first', offset: 4, size: 4, type: 'u32' },
      { name: 'count', offset: 8, size: 4, type: 'u32' },
      { name: 'live', offset: 12, size: 4, type: 'u32' },
      { name: 'emptied', offset: 16, size: 4, type: 'u32' },
      { name: 'outcome', offset: 20, size: 4, type: 'u32' },
      { name: 'next', offset: 24, size: 4, type: 'u32' },
      { name: 'is_net', offset: 28, size: 4, type: 'u32' },
      { name: 'source', offset: 32, size: 16, type: 'struct addr' },
      { name: 'block', offset: 48, size: 40, type: 'struct block' },
    ],
  },
  test_socket: {
    name: 'test_socket',
    size: 40,
    fields: [
      { name: 'source', offset: 0, size: 16, type: 'struct addr' },
      { name: 'destination', offset: 16, size: 16, type: 'struct addr' },
      { name: 'source_port', offset: 32, size: 2, type: 'be16' },
      { name: 'destination_port', offset: 34, size: 2, type: 'be16' },
      { name: 'protocol', offset: 36, size: 4, type: 'u32' },
    ],
  },
} as const;

/** Every enum of bpf/types.h, as C names its values. */
export const ENUMS = {
  mode: {
    MODE_KERNEL: 0,
    MODE_USER: 1,
  },
  response: {
    RESPONSE_BLOCK: 0,
    RESPONSE_LOG: 1,
  },
  probe_kind: {
    KIND_NONE: 0,
    KIND_SYN: 1,
    KIND_FIN: 2,
    KIND_NULL: 3,
    KIND_XMAS: 4,
    KIND_MAIMON: 5,
    KIND_ACK: 6,
    KIND_ODD: 7,
    KIND_UDP: 8,
    KIND_FRAGMENT: 9,
    KIND_HANDSHAKE: 10,
  },
  port_state: {
    PORT_UNKNOWN: 0,
    PORT_OPEN: 1,
    PORT_CLOSED: 2,
  },
  evidence: {
    EVIDENCE_ANY: 0,
    EVIDENCE_CLOSED: 1,
  },
  allow_reason: {
    ALLOW_OWN: 1,
    ALLOW_GATEWAY: 2,
    ALLOW_RESOLVER: 3,
    ALLOW_SSH_PEER: 4,
    ALLOW_OPERATOR: 5,
    ALLOW_COMMAND: 6,
    ALLOW_LIST: 7,
  },
  block_reason: {
    BLOCK_SCAN: 1,
    BLOCK_OPERATOR: 2,
    BLOCK_LIST: 3,
  },
  verdict: {
    PASS_NOT_IP: 0,
    PASS_MALFORMED: 1,
    PASS_NOT_TCP: 2,
    PASS_FRAGMENT: 3,
    PASS_NOT_SYN: 4,
    PASS_RETRANSMISSION: 5,
    PASS_CONNECTION: 6,
    PASS_PROBE: 7,
    PASS_ESTABLISHED: 8,
    DROP_BLOCKED: 9,
    DROP_THRESHOLD: 10,
    VERDICTS: 11,
  },
  command_op: {
    COMMAND_SWEEP: 1,
    COMMAND_FORGET: 2,
    COMMAND_BLOCK: 3,
    COMMAND_UNBLOCK: 4,
    COMMAND_FIND: 5,
    COMMAND_RECHECK: 6,
  },
  block_outcome: {
    BLOCK_UNDECIDED: 0,
    BLOCK_MADE: 1,
    BLOCK_HELD: 2,
    BLOCK_REFUSED: 3,
    BLOCK_REMOVED: 4,
    BLOCK_ABSENT: 5,
    BLOCK_CAPPED: 6,
  },
  clock_kind: {
    CLOCK_KTIME: 0,
    CLOCK_TEST: 1,
    CLOCK_COARSE: 2,
  },
  sockets_kind: {
    SOCKETS_KERNEL: 0,
    SOCKETS_TEST: 1,
  },
} as const;

/** enum mode, without `MODE_`. */
export const Mode = {
  KERNEL: 0,
  USER: 1,
} as const;
export type Mode = (typeof Mode)[keyof typeof Mode];

/** enum response, without `RESPONSE_`. */
export const Response = {
  BLOCK: 0,
  LOG: 1,
} as const;
export type Response = (typeof Response)[keyof typeof Response];

/** enum probe_kind, without `KIND_`. */
export const ProbeKind = {
  NONE: 0,
  SYN: 1,
  FIN: 2,
  NULL: 3,
  XMAS: 4,
  MAIMON: 5,
  ACK: 6,
  ODD: 7,
  UDP: 8,
  FRAGMENT: 9,
  HANDSHAKE: 10,
} as const;
export type ProbeKind = (typeof ProbeKind)[keyof typeof ProbeKind];

/** enum port_state, without `PORT_`. */
export const PortState = {
  UNKNOWN: 0,
  OPEN: 1,
  CLOSED: 2,
} as const;
export type PortState = (typeof PortState)[keyof typeof PortState];

/** enum evidence, without `EVIDENCE_`. */
export const Evidence = {
  ANY: 0,
  CLOSED: 1,
} as const;
export type Evidence = (typeof Evidence)[keyof typeof Evidence];

/** enum allow_reason, without `ALLOW_`. */
export const AllowReason = {
  OWN: 1,
  GATEWAY: 2,
  RESOLVER: 3,
  SSH_PEER: 4,
  OPERATOR: 5,
  COMMAND: 6,
  LIST: 7,
} as const;
export type AllowReason = (typeof AllowReason)[keyof typeof AllowReason];

/** enum block_reason, without `BLOCK_`. */
export const BlockReason = {
  SCAN: 1,
  OPERATOR: 2,
  LIST: 3,
} as const;
export type BlockReason = (typeof BlockReason)[keyof typeof BlockReason];

/** enum verdict. */
export const Verdict = {
  PASS_NOT_IP: 0,
  PASS_MALFORMED: 1,
  PASS_NOT_TCP: 2,
  PASS_FRAGMENT: 3,
  PASS_NOT_SYN: 4,
  PASS_RETRANSMISSION: 5,
  PASS_CONNECTION: 6,
  PASS_PROBE: 7,
  PASS_ESTABLISHED: 8,
  DROP_BLOCKED: 9,
  DROP_THRESHOLD: 10,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** enum command_op, without `COMMAND_`. */
export const CommandOp = {
  SWEEP: 1,
  FORGET: 2,
  BLOCK: 3,
  UNBLOCK: 4,
  FIND: 5,
  RECHECK: 6,
} as const;
export type CommandOp = (typeof CommandOp)[keyof typeof CommandOp];

/** enum block_outcome, without `BLOCK_`. */
export const BlockOutcome = {
  UNDECIDED: 0,
  MADE: 1,
  HELD: 2,
  REFUSED: 3,
  REMOVED: 4,
  ABSENT: 5,
  CAPPED: 6,
} as const;
export type BlockOutcome = (typeof BlockOutcome)[keyof typeof BlockOutcome];

/** enum clock_kind, without `CLOCK_`. */
export const ClockKind = {
  KTIME: 0,
  TEST: 1,
  COARSE: 2,
} as const;
export type ClockKind = (typeof ClockKind)[keyof typeof ClockKind];

/** enum sockets_kind, without `SOCKETS_`. */
export const SocketsKind = {
  KERNEL: 0,
  TEST: 1,
} as const;
export type SocketsKind = (typeof SocketsKind)[keyof typeof SocketsKind];

export const TICK_SHIFT = 10;
export const PORTS_MAX = 32;
export const SOURCES_PER_SET = 4;
export const CELLS_PER_LINE = 7;
export const ONLINK_MAX = 16;
export const CHECKSUM_BYTES_MAX = 512;
export const BLOCKS_SPAN_UNITS = 895;
export const RETRANSMISSION_NS = 64000000000n;
export const BLOCKS_PER_LINE = 5;
export const BLOCK_UNIT_SHIFT = 26;
export const BLOCK_FOR_EVER = 4294967295;
export const NOTE_TEXT_BYTES = 64;
export const SOURCE_KEYS = 5;
export const SYN_KEYS = 11;
export const BLOCK_KEYS = 2;
export const SECRET_WORDS = 29;
export const COMMAND_SETS_MAX = 64;
export const COMMANDS_MAX = 32;
export const COMMAND_STEPS_MAX = 256;
export const VERDICTS = 11;
