export {
  addressKey,
  contains,
  formatAddress,
  formatEndpoint,
  formatPrefix,
  isIpv4,
  maskAddress,
  prefixMask,
} from './addresses.ts';
export { ALLOW_REASONS, Allowlist, describeAllow } from './allowlist.ts';
export type { AllowChange } from './allowlist.ts';
export { ALLOW_ROOM, applyAllowList, applyBlockList } from './apply-list.ts';
export type { Applied } from './apply-list.ts';
export { addBlock, blockKey, findBlock, removeBlock } from './block-table.ts';
export { CONNECTION_LINES } from './connection-limit.ts';
export { Daemon } from './daemon.ts';
export type { Rules } from './daemon.ts';
export type { DaemonOptions } from './daemon-options.ts';
export type {
  BlockEvent,
  ConnectionEvent,
  DaemonEvent,
  DistributedScanEvent,
  Format,
  LostCause,
  LostEvent,
  LostWhat,
  ScanKind,
  ScanEndEvent,
  ScanEvent,
  ScanLabels,
  UnblockEvent,
} from './events.ts';
export { jsonFormat, liveLine } from './format-json.ts';
export type { Figures, TimedWatcher } from './figures.ts';
export { textFormat } from './format-text.ts';
export { ListedPrefixes } from './listed-prefixes.ts';
export { LINES_PER_SOURCE, LINES_TOTAL } from './line-limit.ts';
export type { LineLimits } from './line-limit.ts';
export type { LostTotal } from './lost-book.ts';
export { Output } from './output.ts';
export type { OutputOptions } from './output.ts';
export { DURATION_BOUNDS } from './pass-times.ts';
export type { PassTimesValue } from './pass-times.ts';
export { policyValue } from './policy.ts';
export type { WindowLimit, PolicyOptions } from './policy.ts';
export type {
  AllowEntry,
  AllowReasonName,
  AllowStore,
  BulkAllowStore,
  BulkBlockStore,
  KeyedBlock,
  BlockEntry,
  BlockKey,
  BlockNote,
  BlockReasonName,
  BlockStore,
  ChangeSource,
  Clock,
  CounterSource,
  CounterValues,
  DaemonPorts,
  EventSource,
  EventTaker,
  GraceEntry,
  GraceStore,
  InterfaceName,
  LineSink,
  ListeningPorts,
  Log,
  NetworkSource,
  LocalStore,
  NetworkState,
  PortRange,
  NewBlock,
  NoteStore,
  PolicyStore,
  Prefix,
  SourceStore,
  StateStore,
} from './ports.ts';
export { PrefixMap } from './prefix-map.ts';
export { parsePrefix } from './prefix-text.ts';
export { readEvent } from './read-event.ts';
export { SCAN_SHAPES } from './scans/scan-shape.ts';
export type { ScanShape } from './scans/scan-shape.ts';
export { SCANS_IN_PROGRESS_MAX } from './scans/scans.ts';
export { stateEntries } from './state/snapshot.ts';
export type { StateMaps } from './state/snapshot.ts';
export type { StateAllow, StateBlock, StateEntry, StateGrace } from './state/state-entry.ts';
export { StateError } from './state/state-error.ts';
export type { StateErrorCode } from './state/state-error.ts';
export { STATE_VERSION, stateLines } from './state/state-lines.ts';
export type { Sha256, StateHeader } from './state/state-lines.ts';
export { readState, StateReader } from './state/state-reader.ts';
export { formatSummary } from './summary.ts';
export type { Summary } from './summary.ts';
export { WatcherError } from './watcher-error.ts';
export type { WatcherName } from './watcher-error.ts';
