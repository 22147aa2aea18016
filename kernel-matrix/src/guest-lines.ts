import type { GuestEvent } from './types.ts';

type Shape = Readonly<Record<string, 'string' | 'number' | 'object' | readonly string[]>>;

/** What each kind of event must have: of which type, or which of these words. */
const shapes: Record<GuestEvent['event'], Shape> = {
  boot: {
    ...{ release: 'string', version: 'string', arch: 'string', endian: ['little', 'big'] },
    ...{ cpus: 'number', node: 'string', features: 'object' },
  },
  test: { file: 'string', name: 'string', state: ['passed', 'failed', 'skipped'], ms: 'number' },
  ratio: { what: 'string', median: 'number', low: 'number', high: 'number' },
  trouble: { why: 'string' },
  end: {},
};

const fits = (value: unknown, shape: Shape[string]): boolean =>
  typeof shape === 'string' ? value !== null && typeof value === shape : shape.includes(value as string);

/** The event of a line; undefined when it is none. */
export function parseEvent(line: string): GuestEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const kind = given['event'];
  if (typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) return undefined;
  const shape = Object.entries(shapes[kind as GuestEvent['event']]);
  return shape.every(([name, type]) => fits(given[name], type)) ? (value as GuestEvent) : undefined;
}

/**
 * Makes events of the bytes of a guest, which come in pieces of any size. A line that is no event, or that was cut off
 * by the guest's end, is a trouble: a result that cannot be read must not look like one that was not written.
 */
export class GuestLines {
  readonly #decoder = new TextDecoder();
  readonly #tell: (event: GuestEvent) => void;
  #rest = '';
  /** Whether the guest said that it is through. */
  ended = false;

  constructor(tell: (event: GuestEvent) => void) {
    this.#tell = tell;
  }

  add(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
  }

  /** No more will come. */
  close(): void {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = '';
    this.#line(rest);
  }

  #line(line: string): void {
    if (line.trim() === '') return;
    const event = parseEvent(line);
    this.ended ||= event?.event === 'end';
    this.#tell(event ?? { event: 'trouble', why: `the guest wrote a line that is no event: ${line.slice(0, 200)}` });
  }
}
