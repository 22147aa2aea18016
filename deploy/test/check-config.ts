import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, scanwardBin, type CommandResult } from '@scanward/testkit';

/** What a container is started with. */
export interface Start {
  /** As the image's command: `run` and its flags. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What the built command itself says of such a start, with this text where a pod has its configuration. */
export async function checkConfig({ args, env }: Start, text: string, folderMode = 0o755): Promise<CommandResult> {
  const [run, ...flags] = args;
  if (run !== 'run') throw new Error(`it is started as '${String(run)}'`);
  const volume = layConfigMap(text, folderMode);
  try {
    const file = join(volume, 'scanward.yaml');
    const all = [scanwardBin, 'check-config', '--config', file, ...flags];
    return await command(process.execPath, all, { env, tolerant: true });
  } finally {
    rmSync(volume, { recursive: true });
  }
}

/** The variables meant for Scanward that it took nothing from: it passes over unknown ones, since Kubernetes makes some of its own. */
export const unused = ({ env }: Start, { stdout }: CommandResult): string[] =>
  Object.keys(env).filter(
    (name) => name.startsWith('SCANWARD_') && !new RegExp(`# environment ${name}$`, 'm').test(stdout),
  );

/** A ConfigMap's volume as the kubelet lays it: links in a folder that is open to all, the file in one of root's. */
function layConfigMap(text: string, folderMode: number): string {
  const volume = mkdtempSync(join(tmpdir(), 'scanward-configmap-'));
  const version = '..2026_11_28_17_00_00.1234567890';
  mkdirSync(join(volume, version));
  writeFileSync(join(volume, version, 'scanward.yaml'), text, { mode: 0o644 });
  chmodSync(join(volume, version), folderMode);
  symlinkSync(version, join(volume, '..data'));
  symlinkSync('..data/scanward.yaml', join(volume, 'scanward.yaml'));
  chmodSync(volume, 0o1777);
  return volume;
}
