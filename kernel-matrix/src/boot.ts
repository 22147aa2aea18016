import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { End } from './death.ts';
import { qemuArguments, qemuCommand, type Guest, type Root } from './machine.ts';
import { Port } from './port.ts';
import { start, stop, type Started } from './started.ts';
import { Virtiofsd } from './virtiofsd.ts';
import { Watchdog } from './watchdog.ts';

/** Where a guest has its root from: `virtiofs` shares this machine's. */
export type RootSource = { readonly kind: 'virtiofs' } | Exclude<Root, { readonly kind: 'virtiofs' }>;

export interface BootOptions {
  readonly guest: Omit<Guest, 'root' | 'result'>;
  readonly root: RootSource;
  /** Milliseconds until the guest is ended, whatever it does, and until one that says nothing is. */
  readonly limitMs: number;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** What the guest writes to its console and to its port. */
  console(chunk: Uint8Array): void;
  result(chunk: Uint8Array): void;
}

/** Boots a guest and waits for its end. Never rejects; nothing that it started is left. */
export async function boot(options: BootOptions): Promise<End> {
  const { signal, root } = options;
  const folder = await mkdtemp(join(tmpdir(), 'scanward-qemu-'));
  const [socket, result] = [join(folder, 'root'), join(folder, 'result')];
  let qemu: Started | undefined;
  const end = () => qemu?.kill();
  const watchdog = new Watchdog(options.limitMs, options.silenceMs, end);
  const heard = (take: (chunk: Uint8Array) => void) => (chunk: Uint8Array) => {
    watchdog.sign();
    take(chunk);
  };
  const port = new Port(heard((chunk) => options.result(chunk)));
  const daemon = new Virtiofsd(socket);
  try {
    await port.listen(result);
    if (root.kind === 'virtiofs') await daemon.start();
    signal.throwIfAborted();
    signal.addEventListener('abort', end);
    const device = root.kind === 'virtiofs' ? { ...root, socket } : root;
    qemu = start(qemuCommand(options.guest.arch), qemuArguments({ ...options.guest, root: device, result }));
    qemu.stdout.on(
      'data',
      heard((chunk) => options.console(chunk)),
    );
    watchdog.start();
    const { exitCode, why } = await qemu.end;
    await port.drain();
    if (watchdog.why !== undefined) return { how: 'limit', why: watchdog.why };
    signal.throwIfAborted();
    return exitCode === 0 ? { how: 'ended' } : { how: 'failed', why: `QEMU: ${why}` };
  } catch (error) {
    return { how: 'failed', why: signal.aborted ? 'interrupted' : (error as Error).message };
  } finally {
    signal.removeEventListener('abort', end);
    watchdog.stop();
    await stop(qemu);
    await daemon.stop();
    port.close();
    await rm(folder, { recursive: true, force: true });
  }
}
