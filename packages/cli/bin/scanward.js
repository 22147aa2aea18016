#!/usr/bin/env node
// Committed, because npm links no bin whose file is not there yet; all else is in dist.
import { existsSync } from 'node:fs';

const main = new URL('../dist/scanward.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('scanward: starting: it is not built yet: run `make build` in its repository\n');
  process.exitCode = 7;
}
