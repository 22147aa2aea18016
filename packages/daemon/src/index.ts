export { contains, formatAddress, formatEndpoint, formatPrefix, isIpv4, maskAddress, prefixMask } from './addresses.ts';
export { ALLOW_REASONS, Allowlist, describeAllow } from './allowlist.ts';
export type { AllowChange } from './allowlist.ts';
export { Daemon } from './daemon.ts';
export type { DaemonOptions } from './daemon-options.ts';
export type {
  BlockEvent,
  ConnectionEvent,
  DaemonEvent,
  Format,
  LostCause,
  LostEvent,
  LostWhat,
  ScanEvent,
  UnblockEvent,
} from './events.ts';
export { jsonFormat } from './format-json.ts';
export { textFormat } from './format-text.ts';
export type { LostTotal } from './output.ts';
export { policyValue } from './policy.ts';
export type { PolicyOptions } from './policy.ts';
export type {
  AllowEntry,
  AllowReasonName,
  AllowStore,
  BlockEntry,
  BlockNote,
  BlockReasonName,
  BlockStore,
  Clock,
  CounterSource,
  CounterValues,
  DaemonPorts,
  EventSource,
  GraceEntry,
  GraceStore,
  InterfaceName,
  LineSink,
  Log,
  NetworkSource,
  NetworkState,
  NewBlock,
  NoteStore,
  PolicyStore,
  Prefix,
  SourceStore,
} from './ports.ts';
export { formatSummary } from './summary.ts';
export type { Summary } from './summary.ts';
export { WatcherError } from './watcher-error.ts';
export type { WatcherName } from './watcher-error.ts';
