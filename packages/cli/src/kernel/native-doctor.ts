import { readObject } from '@scanward/bpf-object';
import { BpfMap, type Features, features, isBpfFs, MapType, nativeSys, raiseMemlock } from '@scanward/loader-native';
import { existsSync } from 'node:fs';
import { endianness, release } from 'node:os';
import { dirname } from 'node:path';
import { missingCapabilities } from '../capabilities.ts';
import { type Circumstances, toOperatorError } from '../describe-error.ts';
import type { DoctorOptions, LookAround } from '../doctor/doctor.ts';
import type { Facts, FolderFacts, Looked, Unseen } from '../doctor/facts.ts';
import { mayWrite, nearestThere } from '../system/nearest-there.ts';
import { readObjectFile } from '../object-file.ts';
import { DEFAULT_BPFFS } from '../pins/place.ts';
import { readText } from '../system/proc.ts';
import { statePath } from '../system/state-path.ts';
import { checkObject } from './check-object.ts';
import { interfaceFacts, type Look } from './native-interfaces.ts';

/** Looks at the machine that this process runs on. */
export const lookAround: LookAround = (options) => {
  const circumstances: Circumstances = {
    status: readText('/proc/self/status') ?? '',
    limits: readText('/proc/self/limits') ?? '',
    release: release(),
  };
  const addonError = errorOf(() => nativeSys.pageSize());
  const unseen = whyUnseen(addonError, circumstances);
  const look: Look = (read) => {
    if (unseen) return unseen;
    return looked(read, circumstances);
  };
  return {
    ...circumstances,
    ...settings(),
    addonError,
    object: looked(shippedObject, circumstances),
    features: look(triedFeatures),
    bpffs: bpffsFacts(options),
    state: stateFacts(options),
    interfaces: addonError === undefined ? looked(() => interfaceFacts(options, look), circumstances) : noAddon,
    instance: options.place.name,
  };
};

const noAddon: Unseen = { unseen: 'no native addon', remedy: 'see native addon, above' };

/** Why bpf(2) is not asked; undefined: it is. */
function whyUnseen(addonError: string | undefined, { status }: Circumstances): Unseen | undefined {
  if (addonError !== undefined) return noAddon;
  const lacking = missingCapabilities(status);
  if (lacking.length === 0) return undefined;
  return { unseen: `${lacking.join(', ')} missing`, remedy: 'see capabilities, above' };
}

function settings(): Pick<
  Facts,
  'meminfo' | 'jitEnable' | 'jitHarden' | 'unprivilegedBpf' | 'lockdown' | 'clocksource' | 'hasBtf'
> {
  return {
    meminfo: readText('/proc/meminfo'),
    jitEnable: readText('/proc/sys/net/core/bpf_jit_enable'),
    jitHarden: readText('/proc/sys/net/core/bpf_jit_harden'),
    unprivilegedBpf: readText('/proc/sys/kernel/unprivileged_bpf_disabled'),
    lockdown: readText('/sys/kernel/security/lockdown'),
    clocksource: readText('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    hasBtf: existsSync('/sys/kernel/btf/vmlinux'),
  };
}

function looked<T>(read: () => T, circumstances: Circumstances): Looked<T> {
  try {
    return { value: read() };
  } catch (error) {
    return { refusal: toOperatorError(error, 'looking', circumstances) };
  }
}

function errorOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0];
  }
}

function shippedObject(): string {
  const endian = endianness() === 'LE' ? 'little' : 'big';
  const { path, bytes } = readObjectFile(undefined, endian);
  checkObject(readObject(bytes), path, endian);
  return path;
}

/** A map first: where bpf(2) is refused altogether every feature would seem to be missing. */
function triedFeatures(): Features {
  raiseMemlock();
  BpfMap.create({ name: 'probe', type: MapType.HASH, keySize: 4, valueSize: 4, maxEntries: 1 }).close();
  return features();
}

function bpffsFacts({ place }: DoctorOptions): Facts['bpffs'] {
  const path = place.bpffs ?? DEFAULT_BPFFS;
  return { ...folderFacts(path, place.bpffs !== undefined), isBpfFs: isBpfFs(nearestThere(path)) };
}

function stateFacts({ state, place }: DoctorOptions): FolderFacts | undefined {
  const path = statePath(state, place.name);
  // It is replaced as a whole, so its folder matters.
  return path === undefined ? undefined : { path, isNamed: state !== undefined, isWritable: mayWrite(dirname(path)) };
}

const folderFacts = (path: string, isNamed: boolean): FolderFacts => ({ path, isNamed, isWritable: mayWrite(path) });
