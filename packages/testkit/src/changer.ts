import { readObject } from '@scanward/bpf-object';
import { type BpfProgram, loadObject, type LoadedObject } from '@scanward/loader-native';
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { repositoryFile } from './files.ts';
import { u32 } from './u32.ts';

/** How each packet differs from the one before, as packages/testkit/bpf/wrap.bpf.c knows it. */
export interface Change {
  readonly kind: 'nothing' | 'port' | 'source' | 'flood';
  /** How many distinct sources one is drawn from; at most 2^28, in a flood 2^31. */
  readonly sources?: number;
  /** The address that they begin with: of a /4, in a flood of a /1. */
  readonly network?: number;
}

const KINDS = { nothing: 0, port: 1, source: 2, flood: 3 } as const;

function load(change: Change, program: 'wrap' | 'forward', ifindex: number): LoadedObject {
  const file = `packages/testkit/bpf/prebuilt/wrap.generated.${endianness() === 'LE' ? 'bpfel' : 'bpfeb'}.o`;
  return loadObject(readObject(readFileSync(repositoryFile(file))), {
    programs: [program],
    constants: {
      change: KINDS[change.kind],
      sources: change.sources ?? 1,
      network: change.network ?? 0,
      out_ifindex: ifindex,
    },
  });
}

/** Changes the packet, then calls another program in its place. */
export class Wrapper implements Disposable {
  readonly #object: LoadedObject;

  constructor(change: Change) {
    this.#object = load(change, 'wrap', 0);
  }

  /** The wrapper, set to call `measured`. */
  around(measured: BpfProgram): BpfProgram {
    this.#object.maps['measured']!.set(u32(0), u32(measured.fd));
    return this.#object.programs['wrap']!;
  }

  [Symbol.dispose](): void {
    this.#object.close();
  }
}

/** Changes the packet, then sends it out of an interface. */
export class Forwarder implements Disposable {
  readonly #object: LoadedObject;

  constructor(change: Change, ifindex: number) {
    this.#object = load(change, 'forward', ifindex);
  }

  get program(): BpfProgram {
    return this.#object.programs['forward']!;
  }

  [Symbol.dispose](): void {
    this.#object.close();
  }
}
