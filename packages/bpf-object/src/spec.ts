import type { BtfSpec } from './btf-types.ts';
import type { Endian } from './bytes.ts';

/** A variable of `.rodata`, `.data` or `.bss`. */
export interface VariableSpec {
  name: string;
  /** Bytes from the start of the map's value. */
  offset: number;
  /** Bytes. */
  size: number;
}

/** What a map is to be created with. Numbers are those of `enum bpf_map_type` and of the BPF_F_… flags. */
export interface MapSpec {
  /** As in the object: the variable of a `.maps` definition, or the section (`.rodata`). */
  name: string;
  type: number;
  keySize: number;
  valueSize: number;
  /** 0 where the object leaves it to the loader. */
  maxEntries: number;
  flags: number;
  mapExtra: number;
  /** Set only by the attribute; the flag BPF_F_NUMA_NODE is then the loader's to add. */
  numaNode?: number;
  /** LIBBPF_PIN_BY_NAME */
  pinByName: boolean;
  /** BTF id of the key; 0: none. Some map types (queue, sockmap, …) take no ids: see the kernel's map_check_btf. */
  keyTypeId: number;
  /** BTF id of the value; for a data section that of its DATASEC. */
  valueTypeId: number;
  /** Initial value of a data section (all zero for `.bss`). */
  data?: Uint8Array;
  /** Variables of a data section, by offset. */
  variables: VariableSpec[];
  /** `.rodata`: to be frozen before programs are loaded, so that the verifier knows the values. */
  readonly: boolean;
}

/** A load of a map's descriptor (no `valueOffset`), or of an address inside the value of a data section. */
export interface MapReference {
  /** Index of the ld_imm64's first half, in instructions of 8 bytes. */
  instruction: number;
  map: string;
  valueOffset?: number;
}

/** func_info or line_info as BPF_PROG_LOAD takes it, in the object's endian. */
export interface InfoSpec {
  recordSize: number;
  bytes: Uint8Array;
}

/** One function within a program. */
export interface FunctionSpec {
  name: string;
  /** Index of its first instruction in the program. */
  instruction: number;
  /** Instructions. */
  count: number;
}

export interface ProgramSpec {
  name: string;
  /** The ELF section, which says the program's type (`xdp.frags`). */
  section: string;
  /** The main function, then each function that it reaches, once; calls are relocated, maps are not (see linkProgram). */
  instructions: Uint8Array;
  functions: FunctionSpec[];
  mapReferences: MapReference[];
  funcInfo?: InfoSpec;
  lineInfo?: InfoSpec;
}

/** An object as plain data: the same bytes always give the same spec. */
export interface ObjectSpec {
  /** The end that the object was built for; a kernel takes only its own. */
  endian: Endian;
  /** Empty if the object names none. */
  license: string;
  /** Those of `.maps` by their place in it, then the data sections by theirs. */
  maps: MapSpec[];
  /** By section, then by place. */
  programs: ProgramSpec[];
  btf?: BtfSpec;
}
