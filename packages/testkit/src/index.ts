export { bareProgram, Clock, clockProgram } from './bare.ts';
export { type Bpffs, mountBpffs } from './bpffs.ts';
export { capture, type Capture } from './capture.ts';
export { Forwarder, Wrapper, type Change } from './changer.ts';
export { command, spawn, type Child, type CommandOptions, type CommandResult } from './command.ts';
export { repositoryFile } from './files.ts';
export {
  ALL_ACCOUNTED,
  FLOOD_SOURCES_MAX,
  FloodedProgram,
  type FloodOptions,
  type JudgedPacket,
  type Unaccounted,
} from './flooded-program.ts';
export { hideScanners, scannerSyn, scannerText, type Hidden, type HiddenScanners } from './hidden-scanners.ts';
export { hping3, type HpingOptions } from './hping3.ts';
export { kernelBytes } from './kernel-bytes.ts';
export { createPair, Lab, sweepLabs, type Host, type LabOptions } from './lab.ts';
export { leakSnapshot, leaksSince } from './leaks.ts';
export { Lines, type Line } from './lines.ts';
export { Namespace } from './namespace.ts';
export { buildNative, flood, type NativeTool } from './native.ts';
export { isAtLeast, NEEDS, needs, needsCpus, type Need } from '@scanward/loader-native/testing';
export { macText } from './mac.ts';
export { nmap, parseNmap, PORTS_SCANNED, type NmapOptions, type ScanResult } from './nmap.ts';
export {
  DEFAULT_POLICY,
  TEST_SECRET,
  TestProgram,
  type Judged,
  type JudgedOn,
  type TestBlock,
  type TestProgramOptions,
  shippedClock,
} from './program.ts';
export { atPace, brief, patience } from './pace.ts';
export { peer, serve, session, type Session } from './peers.ts';
export { Scanward, scanwardBin, type Ended, type ScanwardOptions } from './scanward.ts';
export { record, type RecordedLink } from './record.ts';
export { send, type SendOptions } from './send.ts';
export { connect, listen } from './servers.ts';
export { fragmentsTo, frameTo, syn, type WireOptions } from './wire.ts';
export { u32 } from './u32.ts';
