export type { Prefix } from './address.ts';
export { Blocklist, BlockReason, isInForce } from './blocklist.ts';
export type { Block, BlocklistOptions, BlockOutcome } from './blocklist.ts';
export type { BlockLine } from './block-line.ts';
export { Counters } from './counters.ts';
export { Crowd } from './crowd.ts';
export type { CrowdOptions, DistributedScan } from './crowd.ts';
export { Detector } from './detector.ts';
export type { DetectorOptions } from './detector.ts';
export { Distinct } from './distinct.ts';
export type { DistinctOptions, WindowLimit } from './distinct.ts';
export { Doubt } from './doubt.ts';
export type { Crossed, Doubted, DoubtOptions, Revised } from './doubt.ts';
export { Graces } from './graces.ts';
export { kindCode, kindName, KINDS } from './kind.ts';
export type { ProbeKind, RecordKind } from './kind.ts';
export { hashToSet, KeyedHash } from './keyed-hash.ts';
export {
  ALLOW_MAX,
  BLOCK_FOR_EVER,
  BLOCK_KEYS,
  BLOCK_UNIT_NS,
  BLOCKS_PER_LINE,
  BLOCKS_MAX,
  CELLS_PER_LINE,
  IPV4_NET_BITS_MIN,
  LOCAL_MAX,
  NET_LOOKS_MAX,
  NETS_MAX,
  ONLINK_MAX,
  PORTS_MAX,
  RETRANSMISSION_NS,
  SCANS_MAX,
  SECRET_WORDS,
  SETS_MAX,
  SOURCE_KEYS,
  SOURCES_PER_SET,
  SYN_KEYS,
  THRESHOLD_MAX,
  TICK_NS,
  TIME_NS_MAX,
  WINDOW_LIMIT_MAX,
} from './limits.ts';
export { Moment } from './moment.ts';
export { Nets } from './nets.ts';
export type { BlockedNet, NetsOptions } from './nets.ts';
export { compilePolicy, subOf, ticksOf } from './policy.ts';
export type { Policy, Rules } from './policy.ts';
export { PrefixList } from './prefix-list.ts';
export type { ConnectionRecord, Outcome, ParsedPacket, PortedPacket, ScanRecord } from './records.ts';
export { Reference } from './reference.ts';
export type { ReferenceOptions, ReferencePolicy } from './reference.ts';
export type { Scan } from './scan.ts';
export { tableBytes } from './source-rows.ts';
export { Singles } from './singles.ts';
export { PortState, SocketState } from './socket.ts';
export type { PortStateCode } from './socket.ts';
export { sourceInto, sourceOf } from './source-of.ts';
export { slotValue } from './source-slot.ts';
export type { SourceSlot } from './source-slot.ts';
export { SourceTable } from './source-table.ts';
export type { SourceTableOptions } from './source-table.ts';
export { SlowScans } from './slow-scans.ts';
export type { SlowScan, SlowScansOptions } from './slow-scans.ts';
export { Sweeps } from './sweeps.ts';
export type { Sweep, SweepsOptions } from './sweeps.ts';
export { Sources } from './sources.ts';
export type { SourcesOptions } from './sources.ts';
export { SynTable } from './syn-table.ts';
export type { Syn, SynTableOptions } from './syn-table.ts';
export { Verdict, VERDICTS } from './verdict.ts';
export type { VerdictCode } from './verdict.ts';
