// Runs when a consumer installs the package: takes the prebuilt addon that fits, or compiles one.
// In the workspace `npm run build` does that, so nothing happens here.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
if (!existsSync(join(root, 'tsconfig.json'))) {
  const command = createRequire(import.meta.url).resolve('node-gyp-build/bin.js');
  process.exit(spawnSync(process.execPath, [command], { cwd: root, stdio: 'inherit' }).status ?? 1);
}
