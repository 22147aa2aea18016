export type { BtfDatasecVariable, BtfMember, BtfSpec, BtfType } from './btf-types.ts';
export type { Endian } from './bytes.ts';
export { ObjectError, type ObjectErrorCode } from './error.ts';
export {
  type EnumLayout,
  enumLayouts,
  layoutOf,
  type LayoutType,
  type MemberLayout,
  type StructLayout,
  structLayout,
  structNames,
} from './layout.ts';
export { LIMITS } from './limits.ts';
export { linkProgram } from './link.ts';
export { readObject } from './object.ts';
export type { FunctionSpec, InfoSpec, MapReference, MapSpec, ObjectSpec, ProgramSpec, VariableSpec } from './spec.ts';
