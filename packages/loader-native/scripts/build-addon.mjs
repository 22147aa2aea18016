// Builds the addon when its sources are newer than it; `--prebuild` also lays it out for publishing
// (prebuilds/<platform>-<arch>/, where node-gyp-build looks first).
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const addon = join(root, 'build/Release/scanward.node');
const sources = ['src/native/addon.cc', 'binding.gyp'].map((name) => join(root, name));

const isFresh = () =>
  existsSync(addon) && sources.every((source) => statSync(source).mtimeMs <= statSync(addon).mtimeMs);

// Headers that came with this very node need no network.
function headers() {
  const prefix = resolve(dirname(realpathSync(process.execPath)), '..');
  return existsSync(join(prefix, 'include/node/node.h')) ? [`--nodedir=${prefix}`] : [];
}

function build() {
  const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  const { status } = spawnSync(process.execPath, [gyp, 'rebuild', '--loglevel=warn', ...headers()], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (!isFresh()) build();
if (process.argv.includes('--prebuild')) {
  const folder = join(root, `prebuilds/${process.platform}-${process.arch}`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(addon, join(folder, 'scanward.napi.glibc.node'));
}
