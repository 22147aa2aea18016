import { linkProgram, type MapSpec, type ObjectSpec, type ProgramSpec } from '@scanward/bpf-object';
import { UnsupportedError } from '../errors.ts';
import { features } from '../features.ts';
import { littleEndian } from '../kernel/attr.ts';
import { PROG_FLAG_XDP_HAS_FRAGS } from '../kernel/uapi.ts';
import type { BpfMap } from '../maps/bpf-map.ts';
import { BpfProgram } from '../programs/bpf-program.ts';
import { nativeSys } from '../sys/native-sys.ts';
import type { Sys } from '../sys/sys.ts';
import { checkAdopted } from './adopt-map.ts';
import { type ConstantValue, patchConstants } from './constants.ts';
import { loadBtf } from './load-btf.ts';
import { type Making, makeMap } from './make-map.ts';
import { ObjectLoadError } from './object-load-error.ts';

export interface LoadOptions {
  /** Values of `const volatile` variables by name; the program sees them as constants. */
  readonly constants?: Readonly<Record<string, ConstantValue>>;
  /** Sizes of maps by name, instead of the object's. */
  readonly maxEntries?: Readonly<Record<string, number>>;
  /**
   * Maps that are there already, by name, to be used instead of new ones: of the same type, sizes and flags. A map of
   * constants cannot be: it is always made anew. The object owns them once it is loaded; until then, and when loading
   * fails, they are the caller's.
   */
  readonly maps?: Readonly<Record<string, BpfMap>>;
  /** Names of the programs to load; all by default. */
  readonly programs?: readonly string[];
  readonly sys?: Sys;
}

/** An object in the kernel. It owns its maps and programs; a link, once attached, lives on without it. */
export interface LoadedObject extends Disposable {
  readonly maps: Readonly<Record<string, BpfMap>>;
  readonly programs: Readonly<Record<string, BpfProgram>>;
  /** What is less than the object asked for, and why: loaded without types, or without frames of several buffers. */
  readonly notes: readonly string[];
  /** Closes all programs and maps. Idempotent. */
  close(): void;
}

function checkEndian(spec: ObjectSpec): void {
  const host = littleEndian ? 'little' : 'big';
  if (spec.endian !== host) {
    throw new ObjectLoadError('FOREIGN_ENDIAN', `the object is ${spec.endian}-endian, this machine is ${host}-endian`);
  }
}

function choosePrograms(spec: ObjectSpec, names: readonly string[] | undefined): ProgramSpec[] {
  const chosen = (names ?? spec.programs.map(({ name }) => name)).map((name) => {
    const found = spec.programs.find((program) => program.name === name);
    if (!found) throw new ObjectLoadError('NO_SUCH_PROGRAM', `the object has no program ${name}`);
    return found;
  });
  const other = chosen.find(({ section }) => !/^xdp([./]|$)/.test(section));
  if (other) throw new ObjectLoadError('NOT_XDP', `program ${other.name} is for ${other.section}, not for xdp`);
  return chosen;
}

function checkMaps(maps: readonly MapSpec[], { maxEntries = {}, maps: adopted = {} }: LoadOptions): void {
  const unknown = Object.keys(adopted).find((name) => !maps.some((map) => map.name === name));
  if (unknown !== undefined) throw new ObjectLoadError('NO_SUCH_MAP', `the object has no map ${unknown}`);
  for (const [name, entries] of Object.entries(maxEntries)) {
    if (!maps.some((map) => map.name === name)) {
      throw new ObjectLoadError('NO_SUCH_MAP', `the object has no map ${name}`);
    }
    if (!Number.isInteger(entries) || entries < 1 || entries > 0xffff_ffff) {
      throw new ObjectLoadError('MAX_ENTRIES', `map ${name}: ${entries} is no size`);
    }
  }
  const pinned = maps.find(({ pinByName }) => pinByName);
  if (pinned) throw new ObjectLoadError('PIN_BY_NAME', `map ${pinned.name}: pinning by name is left to the caller`);
}

// Section names: xdp, xdp/name, xdp.frags, xdp.frags/name.
function wantsFrags(program: ProgramSpec): boolean {
  return /^xdp\.frags(\/|$)/.test(program.section);
}

class Loading {
  readonly maps: Record<string, BpfMap> = {};
  readonly programs: Record<string, BpfProgram> = {};
  readonly notes: string[] = [];
  readonly #spec: ObjectSpec;
  readonly #sys: Sys;
  readonly #made: BpfMap[] = [];

  constructor(spec: ObjectSpec, sys: Sys) {
    this.#spec = spec;
    this.#sys = sys;
  }

  run(chosen: readonly ProgramSpec[], options: LoadOptions): void {
    const data = patchConstants(this.#spec.maps, options.constants ?? {});
    const btf = this.#btfFd();
    try {
      for (const map of this.#spec.maps) {
        const entries = options.maxEntries?.[map.name] ?? map.maxEntries;
        const adopted = options.maps?.[map.name];
        if (adopted) checkAdopted(adopted, map, entries, this.#sys);
        this.maps[map.name] = adopted ?? this.#make(map, { entries, data: data.get(map.name) ?? map.data, btf });
      }
      for (const program of chosen) this.programs[program.name] = this.#load(program, btf);
    } finally {
      // Maps and programs keep the types alive.
      if (btf !== undefined) this.#sys.close(btf);
    }
  }

  close(): void {
    for (const program of Object.values(this.programs)) program.close();
    for (const map of Object.values(this.maps)) map.close();
  }

  /** Closes what was made, and nothing that was given. */
  abandon(): void {
    for (const program of Object.values(this.programs)) program.close();
    for (const map of this.#made) map.close();
  }

  #make(map: MapSpec, making: Making): BpfMap {
    const made = makeMap(map, making, this.#sys);
    this.#made.push(made);
    return made;
  }

  #btfFd(): number | undefined {
    if (!this.#spec.btf) return undefined;
    const loaded = loadBtf(this.#spec.btf, this.#sys);
    if ('fd' in loaded) return loaded.fd;
    this.notes.push(`without types: ${loaded.refused}`);
    return undefined;
  }

  #load(program: ProgramSpec, btf: number | undefined): BpfProgram {
    const { funcInfo, lineInfo } = program;
    return BpfProgram.load(
      {
        name: program.name,
        license: this.#spec.license,
        instructions: linkProgram(program, this.#spec.endian, (map) => this.maps[map]!.fd),
        flags: this.#flags(program),
        ...(btf !== undefined && { btf: { fd: btf, ...(funcInfo && { funcInfo }), ...(lineInfo && { lineInfo }) } }),
      },
      this.#sys,
    );
  }

  #flags(program: ProgramSpec): number {
    if (!wantsFrags(program)) return 0;
    if (features(this.#sys).xdpFrags) return PROG_FLAG_XDP_HAS_FRAGS;
    this.notes.push(`${program.name}: ${new UnsupportedError('XDP for frames of several buffers', '5.18').message}`);
    return 0;
  }
}

/**
 * Loads a BPF object: types, maps, constants (frozen before a program sees them), XDP programs. On any failure
 * all that was made is closed again.
 * @throws ObjectLoadError, PermissionError, UnsupportedError, VerifierError, BpfSyscallError
 */
export function loadObject(spec: ObjectSpec, options: LoadOptions = {}): LoadedObject {
  checkEndian(spec);
  const chosen = choosePrograms(spec, options.programs);
  checkMaps(spec.maps, options);
  const loading = new Loading(spec, options.sys ?? nativeSys);
  try {
    loading.run(chosen, options);
  } catch (error) {
    loading.abandon();
    throw error;
  }
  return {
    maps: loading.maps,
    programs: loading.programs,
    notes: loading.notes,
    close: () => loading.close(),
    [Symbol.dispose]: () => loading.close(),
  };
}
