import { formatDuration } from './flags/duration.ts';
import type { RunOptions } from './flags/run-options.ts';
import { type Circumstances, attempt, toOperatorError } from './describe-error.ts';
import type { Listener } from './events/open-events.ts';
import { ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';
import { type Attach, findLink, Interfaces } from './interfaces.ts';
import type { Keeping } from './kernel/keeping.ts';
import type { Loaded } from './kernel/load.ts';
import { Metrics, type MetricsPorts } from './metrics/metrics.ts';
import type { MetricsFigures } from './metrics/metrics-figures.ts';
import { defaultInterface } from './network/default-interface.ts';
import type { HostNetwork } from './network/host-network.ts';
import { HostNetworkSource } from './network/network-source.ts';
import { findSshPeers } from './network/ssh-peer.ts';
import { OperatorError } from './operator-error.ts';
import { Lists } from './lists/lists.ts';
import { progressOn } from './system/progress.ts';
import { ReloadRequest } from './reload-request.ts';
import { Reloading, rulesOf } from './reloading.ts';
import { describeRoom } from './room.ts';
import { StopRequest } from './stop-request.ts';
import { HeldLog } from './system/held-log.ts';
import { StreamLineSink } from './system/line-sink.ts';
import type { ReadText } from './system/proc.ts';
import { stderrLog } from './system/stderr-log.ts';
import { requireCapabilities } from './capabilities.ts';
import { type Clock, Daemon, type DaemonPorts, type ListeningPorts, type Log, type StateStore } from '@scanward/daemon';
import { ONLINK_MAX } from '@scanward/map-codec';

/** How often the interfaces are looked at. */
const INTERFACE_PERIOD_MS = 1_000;
/** How long a slow reader of stdout may take for the last lines. */
const FLUSH_MS = 2_000;

/** What `run` needs of the system; fakes in tests. */
export interface System {
  readonly clock: Clock;
  readonly readText: ReadText;
  readonly release: string;
  readonly network: HostNetwork;
  readonly metrics: MetricsPorts;
  readonly listening: ListeningPorts;
  /** Of this package. */
  version(): string;
  /** Bytes of the process's array buffers. */
  arrayBytes(): number;
  /** Becomes the user that is named, if one is. @throws OperatorError, or what the system answers */
  dropPrivileges(options: RunOptions): void;
  /** Loads the program. @throws OperatorError, or what the loader throws */
  load(options: RunOptions): Loaded;
  /** The state file; undefined: there is none. @throws OperatorError if it was named and cannot be had */
  state(options: RunOptions, loaded: Loaded): StateStore | undefined;
  /** Who hears of events besides the reader of stdout. @throws OperatorError if a socket was named and cannot be had */
  listeners(options: RunOptions, loaded: Loaded, log: Log): Promise<Listener>;
  /** How to attach it. */
  attach(loaded: Loaded, options: RunOptions): Attach;
  /** The lines of a list. Throws an Error that says why it is not read. */
  readonly openList: (path: string) => Iterable<string>;
  /** Resolves when the reader of stdout is gone; cancelled by the signal. */
  stdoutClosed(cancel: AbortSignal): Promise<boolean>;
}

/** Reads flags, environment and configuration anew. @throws OperatorError */
export type Reread = () => RunOptions;

/**
 * Watches until a signal comes or stdout's reader is gone; nothing is attached afterwards, unless it is to stay. When
 * something fails, what is pinned stays attached, as after a crash. SIGHUP has it take what `reread` says.
 *
 * @throws OperatorError
 */
export async function run(
  options: RunOptions,
  host: Host,
  system: System,
  reread: Reread = () => options,
): Promise<void> {
  const stop = new StopRequest(host, () => Number(system.clock.monotonicNs() / 1_000_000n));
  const hangUps = new ReloadRequest(host);
  try {
    await loadAndWatch({ options, host, system, stop, hangUps, reread });
  } finally {
    hangUps.release();
    stop.release();
  }
}

async function loadAndWatch(asked: Asked): Promise<void> {
  const { options, system } = asked;
  const circumstances: Circumstances = {
    status: system.readText('/proc/self/status') ?? '',
    limits: system.readText('/proc/self/limits') ?? '',
    release: system.release,
  };
  const names = attempt('finding the interfaces', circumstances, () => interfaceNames(options, system.network));
  requireCapabilities(circumstances.status);
  // Whoever is not root any more does not see who his parents are.
  const sshPeers = findSshPeers(asked.host.environment, asked.host.pid, system.readText);
  attempt('dropping privileges', circumstances, () => {
    system.dropPrivileges(options);
  });
  const loaded = attempt('loading the program', circumstances, () => system.load(options));
  try {
    await watch(names, loaded, { ...asked, circumstances, sshPeers });
  } finally {
    loaded.close();
  }
}

function interfaceNames(options: RunOptions, network: HostNetwork): readonly string[] {
  if (options.interfaces.length > 0) {
    const links = network.links();
    for (const name of options.interfaces) findLink(name, links);
    return options.interfaces;
  }
  const name = defaultInterface(network);
  if (name !== undefined) return [name];
  throw new OperatorError(
    ExitCode.interface,
    'finding the interface of the default route',
    'there is no default route: name one with -i',
  );
}

interface Asked {
  readonly options: RunOptions;
  readonly host: Host;
  readonly system: System;
  readonly stop: StopRequest;
  readonly hangUps: ReloadRequest;
  readonly reread: Reread;
}

interface Given extends Asked {
  readonly circumstances: Circumstances;
  readonly sshPeers: readonly Uint8Array[];
}

async function watch(names: readonly string[], loaded: Loaded, given: Given): Promise<void> {
  const log = new HeldLog(stderrLog(given.host.stderr, given.host.journal.stderr));
  const listener = await given.system.listeners(given.options, loaded, log);
  try {
    await watchAndTell(names, loaded, given, { log, listener });
  } finally {
    await listener.close();
  }
}

async function watchAndTell(
  names: readonly string[],
  loaded: Loaded,
  given: Given,
  { log, listener }: { readonly log: HeldLog; readonly listener: Listener },
): Promise<void> {
  const { options, host, system, stop, hangUps, circumstances } = given;
  const lines = new StreamLineSink(host.stdout, (error) => {
    stop.closed(error);
  });
  const attachTo = system.attach(loaded, options);
  const named: Attach = (link) => attempt(`attaching to ${link.name}`, circumstances, () => attachTo(link));
  const interfaces = new Interfaces(names, system.network, named, log);
  const source = networkSource(given, log);
  const interfaceName = (ifindex: number) => interfaces.nameOf(ifindex);
  const state = system.state(options, loaded);
  const { clock, listening } = system;
  const ports = { ...loaded, network: source, clock, lines, taker: listener, log, interfaceName, listening, state };
  const metrics = new Metrics(options.metrics, system.metrics, clock, log);
  const daemon = newDaemon(ports, loaded, given);
  await metrics.openNamed();
  const lists = newLists(loaded, log, given);
  try {
    startWatching(daemon, given);
    const contents = await lists.read(options);
    if (await lists.apply(contents)) daemon.listed(contents.allowList);
    attach(interfaces, loaded.keeping, given);
  } catch (error) {
    metrics.close();
    await end(daemon).catch(() => undefined); // why it did not start says more
    loaded.keeping.revert();
    throw error;
  }
  settle(names, loaded.keeping, log);
  log.release();

  const over = new AbortController();
  void system.stdoutClosed(over.signal).then((closed) => {
    if (closed) stop.closed(Object.assign(new Error('the reader is gone'), { code: 'EPIPE' }));
  });
  const stopPolling = pollInterfaces(interfaces, system.clock, log);
  const reloading = new Reloading({ daemon, source, lists, log }, options, given.reread);
  hangUps.listen(() => {
    reloading.again();
  });
  let stays = loaded.keeping.place !== undefined;
  try {
    await metrics.show(figuresOf(daemon, interfaces, loaded, given, () => reloading.current));
    const reason = await Promise.race([stop.requested, daemon.ended]);
    if (reason?.why === 'stdout' && reason.error.code !== 'EPIPE') {
      const todo = `${reason.error.message}: make room, or send it elsewhere`;
      throw new OperatorError(ExitCode.runtime, 'writing to stdout', todo, { cause: reason.error });
    }
    stays &&= (await reloading.settled()).keepOnExit;
  } catch (error) {
    throw toOperatorError(error, 'watching', circumstances);
  } finally {
    over.abort();
    stopPolling();
    hangUps.ignore();
    metrics.close();
    // Detached first, so that nothing comes after what is drained now.
    if (stays) interfaces.leave();
    else interfaces.close();
    await end(daemon, (isSaved) => {
      leave(loaded.keeping, log, { stays, isSaved });
    });
    if (!(await lines.flush(FLUSH_MS))) log.warn('the reader of stdout is too slow: the last lines were not written');
  }
}

/** The maps are needed until the state file is written, or could not be: `last` comes then, in all cases. */
async function end(daemon: Daemon, last: (isSaved: boolean) => void = () => undefined): Promise<void> {
  try {
    daemon.stop();
  } finally {
    last(await daemon.saved());
  }
}

/** What only the maps have is not thrown away with them. */
function leave(keeping: Keeping, log: Log, { stays, isSaved }: { stays: boolean; isSaved: boolean }): void {
  if (stays) log.info('the program stays attached: scanward detach takes it off');
  else if (isSaved || !keeping.place) keeping.remove();
  else
    log.warn('the state file is not up to date: the maps stay pinned for the next start; scanward detach removes them');
}

/** Not started yet. Says what was chosen, and what it costs. */
function newDaemon(ports: DaemonPorts, loaded: Loaded, { options, host, system, circumstances }: Given): Daemon {
  const before = system.arrayBytes();
  const daemon = attempt(
    'making the tables',
    circumstances,
    () => new Daemon(ports, daemonOptions(options, loaded, host)),
  );
  const processBytes = system.arrayBytes() - before;
  ports.log.info(describePolicy(options));
  for (const note of loaded.keeping.notes) ports.log.info(`instance ${loaded.keeping.place?.name ?? ''}: ${note}`);
  for (const warning of loaded.keeping.warnings) ports.log.warn(warning);
  ports.log.info(describeRoom(options, { kernelBytes: loaded.kernelBytes, processBytes }));
  return daemon;
}

function daemonOptions(
  options: RunOptions,
  loaded: Loaded,
  { journal }: Host,
): ConstructorParameters<typeof Daemon>[1] {
  return {
    endian: loaded.endian,
    ...rulesOf(options),
    format: options.format,
    journal: journal.stdout,
    connectionLines: options.maxConnectionLines,
    maxSources: options.maxSources,
    maxBlocks: options.maxBlocks,
    sourceKeys: loaded.sourceKeys,
    adopted: loaded.keeping.origin !== 'new',
  };
}

function networkSource({ options, system, sshPeers }: Given, log: Log): HostNetworkSource {
  const source = new HostNetworkSource(system.network, system.readText, {
    allow: options.allow,
    allowGateway: options.allowGateway,
    sshPeers,
  });
  const { length } = source.read().onlink;
  if (length > ONLINK_MAX) {
    log.warn(
      `${length} on-link IPv6 prefixes: only the first ${ONLINK_MAX} are taken whole, the others' hosts by --ipv6-prefix`,
    );
  }
  return source;
}

function newLists({ blocks, allow, keeping }: Loaded, log: Log, { host, system }: Given): Lists {
  const { clock, openList: open } = system;
  const progress = progressOn(host.stderr, host.isErrorTerminal, () => Number(clock.monotonicNs() / 1_000_000n));
  return new Lists({ blocks, allow, clock, log, progress, open }, keeping.origin !== 'new');
}

function startWatching(daemon: Daemon, { circumstances }: Given): void {
  attempt('starting', circumstances, () => {
    daemon.start();
  });
}

function attach(interfaces: Interfaces, keeping: Keeping, { circumstances }: Given): void {
  attempt(`pinning in ${keeping.place?.folder ?? ''}`, circumstances, () => {
    keeping.keep();
  });
  attempt('attaching', circumstances, () => {
    interfaces.attachAll();
  });
}

/** Reads what the metrics are made of. */
function figuresOf(
  daemon: Daemon,
  interfaces: Interfaces,
  { tables }: Loaded,
  { system }: Given,
  current: () => RunOptions,
): () => MetricsFigures {
  const made = { version: system.version(), kernel: system.release };
  return () => {
    const { mode, response, evidence } = current();
    const build = { ...made, mode, response, evidence };
    return { daemon: daemon.figures(), tables: tables.read(), interfaces: interfaces.state(), build };
  };
}

/** What was replaced goes; it is no failure of the start when that fails, for the next one does it. */
function settle(names: readonly string[], keeping: Keeping, log: Log): void {
  try {
    for (const name of keeping.settle(names)) log.info(`${name} is no longer asked for: detached`);
  } catch (error) {
    log.warn(`cannot remove what was replaced (${String(error)}): the next start does`);
  }
}

/** `mode kernel, response block for 1h, threshold 3 ports in 1m`. */
function describePolicy({ mode, response, blockTtlNs, threshold, windowNs }: RunOptions): string {
  const time = blockTtlNs === 0n ? 'for ever' : `for ${formatDuration(blockTtlNs)}`;
  const action = response === 'block' ? `block ${time}` : 'log';
  return `mode ${mode}, response ${action}, threshold ${threshold} ports in ${formatDuration(windowNs)}`;
}

/** Looks after the interfaces until the returned function is called. */
function pollInterfaces(interfaces: Interfaces, clock: Clock, log: Log): () => void {
  let failing = false;
  const look = () => {
    try {
      interfaces.poll();
      failing = false;
    } catch (error) {
      if (!failing) log.warn(`cannot look at the interfaces (${String(error)}): they stay as they are`);
      failing = true;
    }
    cancel = clock.after(INTERFACE_PERIOD_MS, look);
  };
  let cancel = clock.after(INTERFACE_PERIOD_MS, look);
  return () => {
    cancel();
  };
}
