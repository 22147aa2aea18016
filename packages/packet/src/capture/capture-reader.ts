import { ByteQueue, type MORE } from './byte-queue.ts';
import { CaptureError } from './capture-error.ts';
import type { CapturedPacket } from './captured-packet.ts';
import { type PcapOrder, readPcap } from './read-pcap.ts';
import { Block, readPcapng } from './read-pcapng.ts';

const MAGIC_BYTES = 4;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
/** Times from 1970 to 2262. */
const TIME_NS_MAX = 1n << 63n;

/** What else is met under the name of a capture, by its first four bytes. */
const OTHERS: Readonly<Record<number, string>> = {
  0xa1b2cd34: 'a pcap with the headers of a patched libpcap',
  0x34cdb2a1: 'a pcap with the headers of a patched libpcap',
  0x736e6f6f: 'a snoop capture',
  0x52545353: 'a NetXRay capture',
  0x28b52ffd: 'packed with zstd: unpack it first',
  0xfd377a58: 'packed with xz: unpack it first',
  0x504b0304: 'a zip: unpack it first',
};

/**
 * Reads captures, pcap (both byte orders, micro- and nanoseconds) and pcapng (both byte orders, any number of sections and
 * interfaces): chunks of any size go in, packets come out. It holds one packet, at most `BLOCK_BYTES_MAX` bytes, besides the
 * chunk.
 */
export class CaptureReader {
  readonly #queue = new ByteQueue();
  readonly #steps = read(this.#queue);

  /**
   * The packets that are complete with these bytes.
   *
   * @throws CaptureError after the packets before what is wrong; nothing can be read after it
   */
  *packets(chunk: Uint8Array): Generator<CapturedPacket> {
    this.#queue.push(chunk);
    yield* this.#completed();
  }

  /** No more bytes come. @throws CaptureError `empty`, `truncated` */
  *end(): Generator<CapturedPacket> {
    this.#queue.ended = true;
    yield* this.#completed();
  }

  *#completed(): Generator<CapturedPacket> {
    for (;;) {
      const { value, done } = this.#steps.next();
      if (done === true || value === undefined) return;
      if (value.timeNs < 0n || value.timeNs >= TIME_NS_MAX) {
        throw new CaptureError('time', value.offset, 'a packet says a time before 1970 or after 2262');
      }
      yield value;
    }
  }
}

function* read(queue: ByteQueue): Generator<CapturedPacket | typeof MORE, void> {
  if (!(yield* queue.more())) throw new CaptureError('empty', 0, 'there is no byte in it');
  const start = yield* queue.need(MAGIC_BYTES, 'its first four bytes', 0);
  const view = new DataView(start.buffer, start.byteOffset, MAGIC_BYTES);
  const magic = view.getUint32(0, false);
  if (magic === Block.section) {
    yield* readPcapng(queue);
    return;
  }
  yield* readPcap(queue, pcapOrder(view) ?? refuse(magic));
}

function pcapOrder(view: DataView): PcapOrder | undefined {
  for (const little of [true, false]) {
    const magic = view.getUint32(0, little);
    if (magic === MICROSECONDS) return { little, fractionNs: 1_000n };
    if (magic === NANOSECONDS) return { little, fractionNs: 1n };
  }
  return undefined;
}

function refuse(magic: number): never {
  const begins = `it begins with ${magic.toString(16).padStart(8, '0')}`;
  const why = OTHERS[magic] === undefined ? 'neither pcap nor pcapng' : OTHERS[magic];
  throw new CaptureError('magic', 0, `${begins}: ${why}`);
}
