// The second part of the build: one file of the command and all that it imports, because Node takes longer to find and
// read two hundred small ones than the kernel takes to verify the program. Beside it: the BPF objects, and the licences
// of what is inside, and the manual, which the command makes of its own help. The addon stays where @scanward/loader-native has it.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Names are kept, so that a stack or a profile can be read; the map leads to the TypeScript for who asks for it.
for (const [input, file] of Object.entries({ 'src/main.ts': 'scanward.js', 'src/index.ts': 'index.js' })) {
  await build({
    input: here(input),
    platform: 'node',
    resolve: { conditionNames: ['@scanward/source', 'import', 'node'] },
    logLevel: 'warn',
    output: { file: here(`dist/${file}`), format: 'esm', sourcemap: true, codeSplitting: false },
  });
}

mkdirSync(here('dist/bpf'), { recursive: true });
for (const name of ['scanward.bpfel.o', 'scanward.bpfeb.o']) {
  copyFileSync(here(`../../bpf/prebuilt/${name}`), here(`dist/bpf/${name}`));
}

mkdirSync(here('dist/licenses'), { recursive: true });
// prom-client brings tdigest, which brings bintrees, and @opentelemetry/api.
for (const name of ['commander', 'ipaddr.js', 'yaml', 'prom-client', 'tdigest', 'bintrees', '@opentelemetry/api']) {
  const nearest = [here('node_modules'), here('../../node_modules')].find((folder) => existsSync(join(folder, name)));
  copyFileSync(join(nearest, name, 'LICENSE'), here(`dist/licenses/${name.replace(/^@(.*)[/]/, '$1-')}`));
}

execFileSync(process.execPath, [here('dist/scanward.js'), 'man', '--to', here('dist/man')]);
