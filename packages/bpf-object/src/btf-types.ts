/** BTF_FUNC_STATIC, BTF_VAR_STATIC */
export const LINKAGE_STATIC = 0;
/** BTF_FUNC_GLOBAL, BTF_VAR_GLOBAL_ALLOCATED */
export const LINKAGE_GLOBAL = 1;
/** BTF_FUNC_EXTERN, BTF_VAR_GLOBAL_EXTERN */
export const LINKAGE_EXTERN = 2;

export interface BtfMember {
  name: string;
  type: number;
  /** From the start of the struct, in bits. */
  bitOffset: number;
  /** Width of a bit field; 0: not one. */
  bitSize: number;
}

export interface BtfDatasecVariable {
  /** Id of the VAR (or, in `.ksyms`, of the FUNC). */
  type: number;
  offset: number;
  size: number;
}

/** A type as BTF has it. `type` is the id of another one; 0 is void. Names may be empty. */
export type BtfType =
  | { kind: 'void' }
  | {
      kind: 'int';
      name: string;
      size: number;
      bits: number;
      bitOffset: number;
      signed: boolean;
      char: boolean;
      bool: boolean;
    }
  | { kind: 'ptr'; type: number }
  | { kind: 'array'; type: number; indexType: number; count: number }
  | { kind: 'struct' | 'union'; name: string; size: number; members: BtfMember[] }
  | { kind: 'enum'; name: string; size: number; signed: boolean; values: { name: string; value: number }[] }
  | { kind: 'enum64'; name: string; size: number; signed: boolean; values: { name: string; value: bigint }[] }
  | { kind: 'fwd'; name: string; union: boolean }
  | { kind: 'typedef' | 'type_tag'; name: string; type: number }
  | { kind: 'volatile' | 'const' | 'restrict'; type: number }
  | { kind: 'func'; name: string; type: number; linkage: number }
  | { kind: 'func_proto'; type: number; parameters: { name: string; type: number }[] }
  | { kind: 'var'; name: string; type: number; linkage: number }
  | { kind: 'datasec'; name: string; size: number; variables: BtfDatasecVariable[] }
  | { kind: 'float'; name: string; size: number }
  | { kind: 'decl_tag'; name: string; type: number; component: number };

/** Type information of an object. */
export interface BtfSpec {
  /** What BPF_BTF_LOAD takes: in the object's endian, with the sizes and offsets that clang leaves out. */
  bytes: Uint8Array;
  /** By id; id 0 is void. */
  types: BtfType[];
}
