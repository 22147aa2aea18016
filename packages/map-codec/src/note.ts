import { NOTE_TEXT_BYTES, PORTS_MAX } from './layout.generated.ts';
import type { BlockNote } from './value.ts';

/** What every JavaScript machine has, although its language does not say so. */
declare class TextEncoder {
  encodeInto(text: string, bytes: Uint8Array): { readonly written: number };
}
declare class TextDecoder {
  constructor(label: string, options: { readonly ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Why somebody is blocked: the ports of a scan, the last one first, or the operator's words. */
export interface Note {
  readonly ports: readonly number[];
  readonly text: string;
}

/** `struct block_note`, which has room for 32 ports and 64 bytes of UTF-8: of a longer text the first whole characters. */
export function noteValue({ ports, text }: Note): BlockNote {
  const bytes = new Uint8Array(NOTE_TEXT_BYTES);
  const { written } = encoder.encodeInto(text, bytes);
  const kept = ports.slice(0, PORTS_MAX);
  return {
    portsCount: kept.length,
    textLength: written,
    ports: [...kept, ...Array<number>(PORTS_MAX - kept.length).fill(0)],
    text: bytes,
  };
}

/** What a `struct block_note` says. */
export function noteOf({ portsCount, textLength, ports, text }: BlockNote): Note {
  return { ports: ports.slice(0, portsCount), text: decoder.decode(text.subarray(0, textLength)) };
}
