import { endianness, release } from 'node:os';
import type { System } from '../run.ts';
import { listener } from '../metrics/listen.ts';
import { promPage } from '../metrics/prom-page.ts';
import { packageVersion } from '../package-version.ts';
import { systemClock } from '../system/clock.ts';
import { fileLines } from '../system/file-lines.ts';
import { openList } from '../system/trusted-file.ts';
import { readText } from '../system/proc.ts';
import { ProcListeningPorts } from '../network/listening-ports.ts';
import { choosePlace } from '../pins/choose-place.ts';
import { keptState } from '../pins/kept-state.ts';
import { LinkPins, watcherOf } from '../pins/link-pins.ts';
import { OwnedInstance } from '../pins/owned-instance.ts';
import { DEFAULT_BPFFS } from '../pins/place.ts';
import { ExitCode } from '../exit-codes.ts';
import { openListeners } from '../events/open-listeners.ts';
import type { RunOptions } from '../flags/run-options.ts';
import { OperatorError } from '../operator-error.ts';
import type { Attach } from '../interfaces.ts';
import { attacher, attachProgram } from './attach.ts';
import { PinnedAttacher } from './attach-pinned.ts';
import { dropPrivileges } from './drop-privileges.ts';
import { load, type Loaded } from './load.ts';
import { nativeNetwork } from './native-network.ts';
import { stdoutReaderGone } from './reader-gone.ts';

const OWN_ENDIAN = endianness() === 'LE' ? 'little' : 'big';

const umask = (mask: number): number => process.umask(mask);

/** The machine that this process runs on. */
export const nativeSystem: System = {
  clock: systemClock,
  readText,
  release: release(),
  version: packageVersion,
  metrics: { listen: listener(umask), page: promPage },
  network: nativeNetwork,
  listening: new ProcListeningPorts((path) => fileLines(path, () => undefined), systemClock, OWN_ENDIAN),
  openList,
  arrayBytes: () => process.memoryUsage().arrayBuffers,
  dropPrivileges,
  load: loadKept,
  state: (options, { keeping }) => keptState(options, keeping),
  listeners: (options, { keeping }, log) =>
    openListeners(options, keeping.place !== undefined, systemClock, log, umask),
  attach: attachKept,
  stdoutClosed: (cancel) => stdoutReaderGone(cancel, readText),
};

/** Takes the instance, then loads. */
function loadKept(options: RunOptions): Loaded {
  const { instance, warning } = takeInstance(options);
  try {
    const loaded = load(options, OWN_ENDIAN, instance);
    if (warning === undefined) return loaded;
    return { ...loaded, keeping: { ...loaded.keeping, warnings: [warning] } };
  } catch (error) {
    instance?.close();
    throw error;
  }
}

/** Who has no right to the usual place goes on without one. */
function takeInstance(options: RunOptions): { instance: OwnedInstance | undefined; warning: string | undefined } {
  const { place, warning } = choosePlace(options);
  try {
    return { instance: place && OwnedInstance.take(place), warning };
  } catch (error) {
    const isRight = error instanceof OperatorError && error.exitCode === ExitCode.capability;
    if (options.bpffs !== undefined || !isRight) throw error;
    const todo = 'name a folder of yours on a BPF file system with --bpffs, or say --no-pin';
    return {
      instance: undefined,
      warning: `no right to pin in ${DEFAULT_BPFFS}: nothing outlives this process: ${todo}`,
    };
  }
}

function attachKept({ program, keeping }: Loaded, options: RunOptions): Attach {
  const watcher = (ifindex: number) => watcherOf(options.bpffs ?? DEFAULT_BPFFS, ifindex);
  if (!keeping.place) return attacher(attachProgram(program), options, watcher);
  const pinned = new PinnedAttacher(program, options, new LinkPins(keeping.place), watcher);
  return (link) => pinned.attach(link);
}
