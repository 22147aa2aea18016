import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inCheckout } from '../checkout.ts';

const EINVAL = '22';
const BPF_LINK_CREATE = '28';

/** What a canary changes around the tests. */
export interface Broken extends Disposable {
  /** What the tests are started by. */
  readonly launcher: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const folder = () => mkdtempSync(join(tmpdir(), 'scanward-canary-'));

/** The program, compiled with a fault: what should be dropped passes. */
function program(): Broken {
  const made = folder();
  cpSync(inCheckout('bpf'), made, { recursive: true, filter: (path) => !/\/(build|test|node_modules)$/.test(path) });
  const source = join(made, 'scanward.bpf.c');
  const text = readFileSync(source, 'utf8');
  const faulty = text.replaceAll('XDP_DROP', 'XDP_PASS');
  if (faulty === text) throw new Error('scanward.bpf.c drops nothing: the canary must follow the code');
  writeFileSync(source, faulty);
  execFileSync('make', ['-C', made, 'build/scanward.bpfel.o', 'BPF_CLANG=clang-14']);
  return {
    launcher: [],
    env: { SCANWARD_TEST_OBJECT: join(made, 'build/scanward.bpfel.o') },
    [Symbol.dispose]: () => rmSync(made, { recursive: true, force: true }),
  };
}

/** bpf(2) says of links what a kernel says that does not know them. */
function noBpfLink(): Broken {
  const made = folder();
  const refuse = join(made, 'refuse-bpf');
  execFileSync('gcc', ['-o', refuse, inCheckout('packages/cli/test/refuse-bpf.c')]);
  return {
    launcher: [refuse, EINVAL, BPF_LINK_CREATE],
    env: {},
    [Symbol.dispose]: () => rmSync(made, { recursive: true, force: true }),
  };
}

/** Breaks what the canary of this name breaks. */
export function broken(canary: string | undefined): Broken {
  if (canary === 'program') return program();
  if (canary === 'no-bpf-link') return noBpfLink();
  return { launcher: [], env: {}, [Symbol.dispose]: () => undefined };
}
