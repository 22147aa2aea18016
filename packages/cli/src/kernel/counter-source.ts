import type { CounterSource, CounterValues } from '@scanward/daemon';
import type { BpfMap } from '@scanward/loader-native';
import { type Codecs, type Counters, perCpu, type PerCpuCodec } from '@scanward/map-codec';
import { arrayKey } from './array-key.ts';

/** The `counters` map, summed over the CPUs. */
export class KernelCounterSource implements CounterSource {
  readonly #map: Pick<BpfMap, 'get'>;
  readonly #codec: PerCpuCodec<Counters>;
  readonly #key: Uint8Array;

  /** @param cpus possible ones, not those online */
  constructor(map: Pick<BpfMap, 'get'>, codecs: Codecs, cpus: number) {
    this.#map = map;
    this.#codec = perCpu(codecs.counters, cpus);
    this.#key = arrayKey(0, codecs.counters.endian);
  }

  read(): CounterValues {
    const bytes = this.#map.get(this.#key);
    if (!bytes) throw new Error('the counters map has no element');
    const values = this.#codec.decode(bytes);
    return values.slice(1).reduce(add, values[0]!);
  }
}

function add(a: Counters, b: Counters): Counters {
  return {
    verdicts: a.verdicts.map(({ packets, bytes }, i) => ({
      packets: packets + b.verdicts[i]!.packets,
      bytes: bytes + b.verdicts[i]!.bytes,
    })),
    connectionsLost: a.connectionsLost + b.connectionsLost,
    scansLost: a.scansLost + b.scansLost,
    blocksMade: a.blocksMade + b.blocksMade,
    blocksRefused: a.blocksRefused + b.blocksRefused,
    blocksCapped: a.blocksCapped + b.blocksCapped,
    sourcesEvicted: a.sourcesEvicted + b.sourcesEvicted,
    singlesEvicted: a.singlesEvicted + b.singlesEvicted,
    synsEvicted: a.synsEvicted + b.synsEvicted,
  };
}
