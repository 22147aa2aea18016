export { BlockLines } from './block-lines.ts';
export type { SourceBlock } from './block-lines.ts';
export { blockExpiryNs, blockStartNs } from './block-time.ts';
export { checkLayouts } from './check-layouts.ts';
export type { FoundEnum, FoundStruct, FoundType } from './check-layouts.ts';
export { CodecError } from './codec-error.ts';
export type { CodecErrorCode } from './codec-error.ts';
export { codecs } from './codecs.ts';
export type { Codecs } from './codecs.ts';
export { CommandFrame, commandOf } from './command-frame.ts';
export type { RunFrame } from './command-frame.ts';
export { cursor } from './cursor.ts';
export type { CursorOptions } from './cursor.ts';
export type { Cursor, Records } from './cursor-type.ts';
export {
  AllowReason,
  BLOCK_FOR_EVER,
  BLOCK_KEYS,
  BLOCK_UNIT_SHIFT,
  BlockOutcome,
  BlockReason,
  BLOCKS_PER_LINE,
  ClockKind,
  CommandOp,
  CELLS_PER_LINE,
  COMMANDS_MAX,
  COMMAND_SETS_MAX,
  Evidence,
  Mode,
  NOTE_TEXT_BYTES,
  ONLINK_MAX,
  PORTS_MAX,
  PortState,
  ProbeKind,
  Response,
  RETRANSMISSION_NS,
  SECRET_WORDS,
  SocketsKind,
  SOURCE_KEYS,
  SOURCES_PER_SET,
  SYN_KEYS,
  TICK_SHIFT,
  Verdict,
  VERDICTS,
} from './layout.generated.ts';
export { layouts } from './layout.ts';
export { layoutFacts, layoutText } from './layout-text.ts';
export type { LayoutFacts } from './layout-text.ts';
export type { Endian, FieldLayout, StructLayout, StructName } from './layout.ts';
export { noteOf, noteValue } from './note.ts';
export type { Note } from './note.ts';
export { perCpu } from './per-cpu.ts';
export type { PerCpuCodec } from './per-cpu.ts';
export type { StructCodec } from './struct-codec.ts';
export { safeNumber, ticksOf, touchPort, touchTicks } from './ticks.ts';
export type {
  Addr,
  Allow,
  Block,
  Blocklist,
  BlockLine,
  BlockNote,
  Command,
  Connection,
  Counters,
  Grace,
  Line,
  Local,
  Policy,
  Prefix,
  PrefixKey,
  Scan,
  Source,
  SourceSet,
  StructValue,
  Tally,
  TestSocket,
} from './value.ts';
