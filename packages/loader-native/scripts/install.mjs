// Runs when a consumer installs the package: takes the prebuilt addon that fits, or compiles one.
// In the workspace `npm run build` does that, so nothing happens here.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

function hasAddon() {
  try {
    require('node-gyp-build')(root);
    return true;
  } catch {
    return false;
  }
}

if (!existsSync(join(root, 'tsconfig.json')) && !hasAddon()) {
  const command = require.resolve('node-gyp-build/bin.js');
  process.exit(spawnSync(process.execPath, [command], { cwd: root, stdio: 'inherit' }).status ?? 1);
}
