/** The addon for s390x: compiled here, by the compiler for that processor, with the same flags as binding.gyp has. */
import { execa } from 'execa';
import { mkdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const COMPILER = 's390x-linux-gnu-g++';

/** Node's headers, which are the same for all processors as far as N-API goes: those that came with this Node. */
const nodeHeaders = join(dirname(process.execPath), '../include/node');

/** Compiles `packages/loader-native/src/native/addon.cc`; returns where the addon is. */
export async function buildAddon(checkout: string): Promise<string> {
  const root = join(checkout, 'packages/loader-native');
  const require = createRequire(join(root, 'package.json'));
  const { include_dir: napi } = require('node-addon-api') as { include_dir: string };
  const addon = join(checkout, 'kernel-matrix/build/scanward-s390x.node');
  await mkdir(dirname(addon), { recursive: true });
  const flags = ['-std=c++17', '-fexceptions', '-Wall', '-Wextra', '-Werror', '-pthread', '-O2', '-fPIC', '-shared'];
  const defines = [
    '-DNAPI_VERSION=8',
    '-DNAPI_CPP_EXCEPTIONS',
    '-DNODE_GYP_MODULE_NAME=scanward',
    '-DBUILDING_NODE_EXTENSION',
  ];
  const headers = ['-isystem', nodeHeaders, '-isystem', napi];
  await execa(COMPILER, [...flags, ...defines, ...headers, '-o', `${addon}.part`, join(root, 'src/native/addon.cc')]);
  await rename(`${addon}.part`, addon);
  return addon;
}
