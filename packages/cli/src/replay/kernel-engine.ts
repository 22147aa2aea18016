import { type ObjectSpec, readObject } from '@scanward/bpf-object';
import {
  type BpfMap,
  type BpfProgram,
  features,
  type LoadedObject,
  loadObject,
  raiseMemlock,
  RingBuffer,
} from '@scanward/loader-native';
import {
  ClockKind,
  type Codecs,
  codecs,
  type Endian,
  SECRET_WORDS,
  SOURCE_KEYS,
  SocketsKind,
} from '@scanward/map-codec';
import type { ParsedFrame } from '@scanward/packet';
import { arrayKey } from '../kernel/array-key.ts';
import { checkObject } from '../kernel/check-object.ts';
import { randomKeys } from '../kernel/secret.ts';
import { sizesOf } from '../kernel/sizes.ts';
import { kernelStores } from '../kernel/stores.ts';
import { readObjectFile } from '../object-file.ts';
import { PROGRAMS } from '../pins/pinned-set.ts';
import type { Engine, EnginePorts, SocketStateOf } from './engine.ts';
import { ReplayEvents } from './replay-events.ts';
import type { ReplayOptions } from './replay-options.ts';

/** A test run takes no shorter frame. */
const FRAME_BYTES_MIN = 14;
/** Of one page, what the kernel leaves to a frame without fragments; and of all with them. */
const FRAME_BYTES_MAX = { page: 3_400, frags: 68_000 } as const;

/**
 * The program itself, never attached: packets go through it by BPF_PROG_TEST_RUN, with the capture's clock, and with the
 * capture's sockets in place of this machine's.
 */
export class KernelEngine implements Engine {
  readonly endian: Endian;
  readonly sourceKeys: readonly bigint[];
  readonly ports: EnginePorts;
  readonly #object: LoadedObject;
  readonly #program: BpfProgram;
  readonly #codec: Codecs;
  readonly #events = new ReplayEvents();
  readonly #connections: RingBuffer;
  readonly #scans: RingBuffer;
  readonly #clock: TestClock;
  readonly #sockets: SocketStateOf;
  readonly #most: number;

  /** @throws OperatorError, or what the loader throws */
  constructor(options: ReplayOptions, endian: Endian, sockets: SocketStateOf) {
    const { path, bytes } = readObjectFile(options.object, endian);
    const spec = readObject(bytes);
    checkObject(spec, path, endian);
    raiseMemlock();
    const secret = randomKeys(SECRET_WORDS);
    const hasFrags = features().xdpFrags;
    this.endian = endian;
    this.sourceKeys = secret.slice(0, SOURCE_KEYS);
    this.#codec = codecs(endian);
    this.#sockets = sockets;
    this.#most = hasFrags ? FRAME_BYTES_MAX.frags : FRAME_BYTES_MAX.page;
    this.#object = loaded(spec, options, secret, hasFrags);
    try {
      this.#program = this.#object.programs['scanward']!;
      this.#connections = new RingBuffer(this.#map('connections'));
      this.#scans = new RingBuffer(this.#map('scans'));
      this.#clock = new TestClock(spec, (name) => this.#map(name), endian);
      const command = this.#object.programs['scanward_command']!;
      const stores = kernelStores((name) => this.#map(name), command, this.#codec);
      this.ports = { ...stores, events: this.#events };
    } catch (error) {
      this.#object.close();
      throw error;
    }
  }

  receive(frame: Uint8Array, parsed: ParsedFrame, nowNs: bigint): boolean {
    if (frame.length > this.#most) return false;
    this.#clock.set(nowNs);
    const socket = this.#socketKey(parsed);
    if (socket) this.#map('test_sockets').set(socket, arrayKey(this.#sockets(parsed), this.endian));
    try {
      this.#program.testRun({ data: frame.length < FRAME_BYTES_MIN ? padded(frame) : frame });
    } finally {
      if (socket) this.#map('test_sockets').delete(socket);
    }
    this.#connections.read((bytes, offset) => {
      this.#events.addConnection(bytes.slice(offset, offset + this.#codec.connection.size));
    });
    this.#scans.read((bytes, offset) => {
      this.#events.addScan(bytes.slice(offset, offset + this.#codec.scan.size));
    });
    return true;
  }

  /** The key of the socket that gets a packet; undefined: there is none. */
  #socketKey(parsed: ParsedFrame): Uint8Array | undefined {
    const { source, destination, sourcePort, destinationPort, protocol } = parsed;
    if (source === undefined || destination === undefined || protocol === undefined) return undefined;
    if (sourcePort === undefined || destinationPort === undefined || this.#sockets(parsed) === 0) return undefined;
    return this.#codec.testSocket.encode({ source, destination, sourcePort, destinationPort, protocol });
  }

  told(): Promise<void> {
    return this.#events.told();
  }

  abandon(): void {
    this.#events.abandon();
  }

  close(): void {
    this.#events.close();
    this.#connections.close();
    this.#scans.close();
    this.#object.close();
  }

  #map(name: string): BpfMap {
    return this.#object.maps[name]!;
  }
}

function loaded(spec: ObjectSpec, options: ReplayOptions, secret: readonly bigint[], hasFrags: boolean): LoadedObject {
  const { maxEntries, constants } = sizesOf(options);
  return loadObject(spec, {
    programs: PROGRAMS,
    constants: {
      ...constants,
      secret,
      clock_kind: ClockKind.TEST,
      sockets_kind: SocketsKind.TEST,
      has_frags: hasFrags ? 1 : 0,
    },
    maxEntries,
  });
}

/** The clock that the program reads: a variable of its own. */
class TestClock {
  readonly #map: BpfMap;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #offset: number;
  readonly #little: boolean;
  readonly #key: Uint8Array;

  constructor(spec: ObjectSpec, map: (name: string) => BpfMap, endian: Endian) {
    const found = spec.maps.flatMap(({ name, variables, valueSize }) =>
      variables.filter((one) => one.name === 'test_now_ns').map(({ offset }) => ({ name, valueSize, offset })),
    )[0];
    if (found === undefined) throw new Error('the object has no test clock');
    this.#map = map(found.name);
    this.#bytes = new Uint8Array(found.valueSize);
    this.#view = new DataView(this.#bytes.buffer);
    this.#offset = found.offset;
    this.#little = endian === 'little';
    this.#key = arrayKey(0, endian);
  }

  set(nowNs: bigint): void {
    this.#view.setBigUint64(this.#offset, nowNs, this.#little);
    this.#map.set(this.#key, this.#bytes);
  }
}

/** A frame of fewer bytes is malformed whatever it holds, and so is this one: of EtherType 0 it would be something else. */
function padded(frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_BYTES_MIN);
  bytes.set(frame.subarray(0, FRAME_BYTES_MIN - 2));
  bytes.set([0x08, 0x00], FRAME_BYTES_MIN - 2);
  return bytes;
}
