import { readObject } from '@scanward/bpf-object';
import { type BpfProgram, loadObject, type LoadedObject } from '@scanward/loader-native';
import { repositoryFile } from '@scanward/testkit';
import { readFileSync } from 'node:fs';
import { endian, u32 } from './shipped.ts';

/** How each packet differs from the one before, as bench/bpf/wrap.bpf.c knows it. */
export interface Change {
  readonly kind: 'nothing' | 'port' | 'source';
  /** How many distinct sources one is drawn from; at most 2^28. */
  readonly sources?: number;
  /** One of `Network`. */
  readonly network?: number;
}

const KINDS = { nothing: 0, port: 1, source: 2 } as const;

function load(change: Change, program: 'wrap' | 'forward', ifindex: number): LoadedObject {
  const file = `bench/bpf/prebuilt/wrap.generated.${endian === 'little' ? 'bpfel' : 'bpfeb'}.o`;
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
