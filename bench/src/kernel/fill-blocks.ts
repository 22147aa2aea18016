import { MapType, nativeSys } from '@scanward/loader-native';
import { mapOf } from './process.ts';
import { blockBatch, codec, endian } from './shipped.ts';

const MAP_GET_FD_BY_ID = 14;
const MAP_UPDATE_BATCH = 26;
const KEY = 16;
const AT_ONCE = 50_000;

function check(what: string, result: number): number {
  if (result < 0) throw new Error(`${what}: errno ${-result}`);
  return result;
}

/** Writes blocks into a running daemon's blocklist, as an operator's tool would. */
export function fillBlocks(pid: number, count: number): void {
  const id = mapOf(pid, { type: MapType.HASH, keySize: KEY, valueSize: codec.block.size });
  if (id === undefined) throw new Error(`process ${pid} holds no blocklist`);
  const little = endian === 'little';
  const byId = new DataView(new ArrayBuffer(16));
  byId.setUint32(0, id, little);
  const fd = check('BPF_MAP_GET_FD_BY_ID', nativeSys.bpf(MAP_GET_FD_BY_ID, new Uint8Array(byId.buffer)));
  try {
    for (let first = 0; first < count; first += AT_ONCE) {
      const size = Math.min(AT_ONCE, count - first);
      const { keys, values } = blockBatch(first, size);
      const attr = new DataView(new ArrayBuffer(56));
      attr.setUint32(32, size, little);
      attr.setUint32(36, fd, little);
      const bytes = new Uint8Array(attr.buffer);
      check(
        'BPF_MAP_UPDATE_BATCH',
        nativeSys.bpf(MAP_UPDATE_BATCH, bytes, 16, keys, keys.length, 24, values, values.length),
      );
    }
  } finally {
    nativeSys.close(fd);
  }
}
