// Part of the build: puts the BPF objects beside the program, so that the published package holds them.
import { copyFileSync, mkdirSync } from 'node:fs';

mkdirSync(new URL('dist/bpf/', import.meta.url), { recursive: true });
for (const name of ['scanward.bpfel.o', 'scanward.bpfeb.o']) {
  copyFileSync(new URL(`../../bpf/prebuilt/${name}`, import.meta.url), new URL(`dist/bpf/${name}`, import.meta.url));
}
