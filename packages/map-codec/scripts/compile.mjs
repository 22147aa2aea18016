// Compiles a C program for this machine, runs it and returns what it printed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const include = fileURLToPath(new URL('../../../bpf', import.meta.url));

/** `source`: a path, or the text of the program. */
export function runProgram(source, flags = []) {
  const folder = mkdtempSync(join(tmpdir(), 'map-codec-'));
  try {
    const program = join(folder, 'program');
    const fromText = source.includes('\n');
    const common = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', `-I${include}`, '-o', program, ...flags];
    const input = fromText ? ['-x', 'c', '-'] : [source];
    execFileSync('gcc', [...common, ...input], {
      input: fromText ? source : '',
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    return execFileSync(program, { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
