export { isBpfFs } from './bpf-fs.ts';
export { possibleCpus } from './cpus.ts';
export {
  BatchError,
  BpfSyscallError,
  ClosedError,
  MapCreateError,
  PermissionError,
  UnsupportedError,
  VerifierError,
} from './errors.ts';
export { type Features, features } from './features.ts';
export { errnoName } from './kernel/errno.ts';
export { ElementFlag, MapFlag, MapType, XdpVerdict } from './kernel/uapi.ts';
export { AttachError, type AttachErrorCode } from './links/attach-error.ts';
export { type AttachOptions, attachXdp, findXdp } from './links/attach-xdp.ts';
export { type LinkInfo, XdpLink, type XdpMode } from './links/xdp-link.ts';
export { type Lock, lockDirectory, LockError } from './lock.ts';
export type { Batch } from './maps/batch.ts';
export { BpfMap } from './maps/bpf-map.ts';
export type { MapRequest } from './maps/create-map.ts';
export type { MapInfo } from './maps/map-info.ts';
export { isPerCpu, type MapShape } from './maps/map-shape.ts';
export { becomeUser } from './become-user.ts';
export type { User } from './become-user.ts';
export { raiseMemlock } from './memlock.ts';
export { listAddresses, type NetworkAddress } from './network/addresses.ts';
export { NetlinkFormatError } from './network/codec.ts';
export { NetlinkError } from './network/exchange.ts';
export { type AttachedXdp, findLink, listLinks, type NetworkLink, type XdpPlace } from './network/links.ts';
export { listRoutes, type NetworkRoute } from './network/routes.ts';
export type { ConstantValue } from './objects/constants.ts';
export { type LoadedObject, type LoadOptions, loadObject } from './objects/load-object.ts';
export { ObjectLoadError, type ObjectLoadErrorCode } from './objects/object-load-error.ts';
export { type Capability, missingCapabilities } from './permission.ts';
export { PinError, type PinKind } from './pins.ts';
export { BpfProgram, type ProgramInfo } from './programs/bpf-program.ts';
export type { ProgramRequest, Records } from './programs/load-attr.ts';
export type { TestRun, TestRunResult } from './programs/test-run.ts';
export { RingBuffer, type RecordVisitor } from './ring-buffer.ts';
export { nativeSys } from './sys/native-sys.ts';
export type { BpfPointers, Sys } from './sys/sys.ts';
