import { Attr, littleEndian } from '../kernel/attr.ts';
import { errnoNumber } from '../kernel/errno.ts';
import { Command, type CommandName } from '../kernel/uapi.ts';
import type { BpfPointers, Sys } from '../sys/sys.ts';

const names = new Map<number, CommandName>(
  Object.entries(Command).map(([name, number]) => [number, name as CommandName]),
);
const ENOENT = -errnoNumber('ENOENT');

interface FakeMap {
  readonly shape: Uint8Array;
  readonly elements: Map<string, Uint8Array>;
  frozen: boolean;
}

/** When a planned refusal applies: `false` lets the call through. */
export type FakeCondition = (attr: DataView) => boolean;

interface Refusal {
  readonly errno: number;
  readonly when: FakeCondition;
  times: number;
}

/**
 * A kernel in memory for tests: it makes maps that hold elements, takes any program and link, and refuses
 * what it is told to.
 */
export class FakeSys implements Sys {
  /** Names of the commands so far. */
  readonly calls: string[] = [];
  /** Descriptors that are open. */
  readonly open = new Set<number>();
  /** Folders that can be opened, and locked. */
  readonly folders = new Set<string>();
  /** Texts of /proc and /sys by path. */
  readonly files = new Map([['/sys/devices/system/cpu/possible', '0-1\n']]);
  /** Targets of symbolic links by path. */
  readonly symlinks = new Map<string, string>();
  /** What BPF_PROG_LOAD and BPF_BTF_LOAD print into a log. */
  log = '';
  kernel = '6.18.0';
  memlock = 65536;
  user: { uid: number; gid: number; low: number; high: number } | undefined;
  /** Answers netlink requests: the bytes, or -errno. */
  route: (request: Uint8Array) => Uint8Array | number = () => -errnoNumber('EOPNOTSUPP');
  readonly mappings: ArrayBuffer[] = [];
  /** What mmap gives out next, instead of zeros. */
  readonly memory: (ArrayBuffer | number)[] = [];
  readonly #maps = new Map<number, FakeMap>();
  readonly #folderOf = new Map<number, string>();
  readonly #locked = new Map<string, number>();
  readonly #refusals = new Map<string, Refusal[]>();
  readonly #waits = new Map<number, (result: number) => void>();
  #next = 100;

  /** Refuses a command from now on, `times` times. */
  refuse(
    command: CommandName | 'setMemlock' | 'becomeUser',
    code: string,
    when: FakeCondition = () => true,
    times = Infinity,
  ): this {
    const list = this.#refusals.get(command) ?? [];
    list.push({ errno: errnoNumber(code), when, times });
    this.#refusals.set(command, list);
    return this;
  }

  /** Is the map of this descriptor frozen? */
  isFrozen(fd: number): boolean {
    return this.#maps.get(fd)?.frozen ?? false;
  }

  /** Makes a descriptor readable. */
  wake(fd: number): void {
    this.#settle(fd, 1);
  }

  bpf(command: number, attr: Uint8Array, ...pointers: BpfPointers): number {
    const name = names.get(command);
    if (name === undefined) return -errnoNumber('EINVAL');
    this.calls.push(name);
    const view = new DataView(attr.buffer, attr.byteOffset, attr.byteLength);
    const refused = this.#refused(name, view);
    if (refused !== 0) {
      if (name === 'BPF_PROG_LOAD' || name === 'BPF_BTF_LOAD') this.#print(name, pointers);
      return refused;
    }
    const at = (offset: number) => pointerAt(pointers, offset);
    return this.#answer(name, view, at);
  }

  mmap(_fd: number, length: number): ArrayBuffer | number {
    const given = this.memory.shift() ?? new ArrayBuffer(length);
    if (typeof given !== 'number') this.mappings.push(given);
    return given;
  }

  munmap(buffer: ArrayBuffer): number {
    const at = this.mappings.indexOf(buffer);
    if (at < 0) return -errnoNumber('EINVAL');
    this.mappings.splice(at, 1);
    structuredClone(buffer, { transfer: [buffer] });
    return 0;
  }

  close(fd: number): number {
    if (!this.open.delete(fd)) return -errnoNumber('EBADF');
    this.#unlock(fd);
    return 0;
  }

  openFolder(path: string): number {
    if (!this.folders.has(path)) return ENOENT;
    const fd = this.#fd();
    this.#folderOf.set(fd, path);
    return fd;
  }

  /** Exclusive locks only. */
  flock(fd: number, operation: number): number {
    const path = this.#folderOf.get(fd);
    if (path === undefined || !this.open.has(fd)) return -errnoNumber('EBADF');
    if (operation === 8) return this.#unlock(fd);
    const holder = this.#locked.get(path);
    if (holder !== undefined && holder !== fd) return -errnoNumber('EAGAIN');
    this.#locked.set(path, fd);
    return 0;
  }

  netlink(request: Uint8Array, reply: Uint8Array): number {
    const answer = this.route(request);
    if (typeof answer === 'number') return answer;
    if (answer.length > reply.length) return -errnoNumber('ENOBUFS');
    reply.set(answer);
    return answer.length;
  }

  setMemlock(bytes: number): number {
    const refused = this.#refused('setMemlock', new DataView(new ArrayBuffer(0)));
    if (refused === 0) this.memlock = bytes;
    return refused;
  }

  becomeUser(uid: number, gid: number, low: number, high: number): number {
    const refused = this.#refused('becomeUser', new DataView(new ArrayBuffer(0)));
    if (refused === 0) this.user = { uid, gid, low, high };
    return refused;
  }

  waitReadable(fd: number): Promise<number> {
    return new Promise((resolve) => this.#waits.set(fd, resolve));
  }

  cancelWait(fd: number): number {
    return this.#settle(fd, 0);
  }

  pageSize(): number {
    return 4096;
  }

  release(): string {
    return this.kernel;
  }

  readText(path: string): string | undefined {
    return this.files.get(path);
  }

  readLink(path: string): string | undefined {
    return this.symlinks.get(path);
  }

  #settle(fd: number, result: number): number {
    const resolve = this.#waits.get(fd);
    this.#waits.delete(fd);
    resolve?.(result);
    return resolve ? 1 : 0;
  }

  #unlock(fd: number): number {
    const path = this.#folderOf.get(fd);
    if (path !== undefined && this.#locked.get(path) === fd) this.#locked.delete(path);
    return 0;
  }

  #refused(name: string, view: DataView): number {
    const found = this.#refusals.get(name)?.find(({ when, times }) => times > 0 && when(view));
    if (!found) return 0;
    found.times--;
    return -found.errno;
  }

  #print(name: CommandName, pointers: BpfPointers): void {
    const buffer = pointerAt(pointers, name === 'BPF_PROG_LOAD' ? 32 : 8);
    if (buffer) new TextEncoder().encodeInto(this.log, buffer.subarray(0, -1));
  }

  #fd(): number {
    this.open.add(this.#next);
    return this.#next++;
  }

  #answer(name: CommandName, view: DataView, at: (offset: number) => Uint8Array | undefined): number {
    const u32 = (offset: number) => view.getUint32(offset, littleEndian);
    switch (name) {
      case 'BPF_MAP_CREATE': {
        const fd = this.#fd();
        this.#maps.set(fd, { shape: infoOf(view), elements: new Map(), frozen: false });
        return fd;
      }
      case 'BPF_PROG_LOAD':
      case 'BPF_BTF_LOAD':
      case 'BPF_LINK_CREATE':
      case 'BPF_OBJ_GET':
        return this.#fd();
      case 'BPF_OBJ_GET_INFO_BY_FD':
        at(8)?.set(this.#maps.get(u32(0))?.shape ?? new Uint8Array(88));
        return this.open.has(u32(0)) ? 0 : -errnoNumber('EBADF');
      case 'BPF_MAP_FREEZE':
      case 'BPF_MAP_LOOKUP_ELEM':
      case 'BPF_MAP_UPDATE_ELEM':
      case 'BPF_MAP_DELETE_ELEM':
      case 'BPF_MAP_GET_NEXT_KEY':
        return this.#element(name, this.#maps.get(u32(0)), at(8), at(16));
      case 'BPF_MAP_LOOKUP_BATCH':
      case 'BPF_MAP_UPDATE_BATCH':
      case 'BPF_MAP_DELETE_BATCH':
        // As a kernel before 5.6.
        return -errnoNumber('EINVAL');
      default:
        return 0;
    }
  }

  #element(name: CommandName, map: FakeMap | undefined, key?: Uint8Array, value?: Uint8Array): number {
    if (!map) return -errnoNumber('EBADF');
    const id = key ? Buffer.from(key).toString('hex') : '';
    const keys = [...map.elements.keys()];
    const next = keys[keys.indexOf(id) + 1];
    switch (name) {
      case 'BPF_MAP_FREEZE':
        map.frozen = true;
        return 0;
      case 'BPF_MAP_UPDATE_ELEM':
        if (map.frozen) return -errnoNumber('EPERM');
        map.elements.set(id, Uint8Array.from(value!));
        return 0;
      case 'BPF_MAP_DELETE_ELEM':
        return map.elements.delete(id) ? 0 : ENOENT;
      case 'BPF_MAP_LOOKUP_ELEM':
        if (!map.elements.has(id)) return ENOENT;
        value!.set(map.elements.get(id)!);
        return 0;
      default:
        if (next === undefined) return ENOENT;
        value!.set(Buffer.from(next, 'hex'));
        return 0;
    }
  }
}

function pointerAt(pointers: BpfPointers, offset: number): Uint8Array | undefined {
  for (let i = 0; i < pointers.length; i += 3) {
    if (pointers[i] === offset) return pointers[i + 1] as Uint8Array;
  }
  return undefined;
}

// A struct bpf_map_info of what BPF_MAP_CREATE asked for.
function infoOf(create: DataView): Uint8Array {
  const u32 = (offset: number) => create.getUint32(offset, littleEndian);
  const info = new Attr(88).u32(0, u32(0)).u32(4, 1).u32(8, u32(4)).u32(12, u32(8)).u32(16, u32(12)).u32(20, u32(16));
  for (let i = 0; i < 16; i++) info.bytes[24 + i] = create.getUint8(28 + i);
  return info.bytes;
}
