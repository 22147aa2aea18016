import { setMaxListeners } from 'node:events';
import { rmSync } from 'node:fs';
import { plansOf } from './cells.ts';
import { inCheckout, logFolder } from './checkout.ts';
import { loadDriver } from './drivers.ts';
import { readKernels } from './kernels.ts';
import { recordsOf, runMatrix } from './matrix.ts';
import { commandOf, isWhole, type Options, readOptions, UsageError } from './options.ts';
import type { CellRecord } from './record.ts';
import { type Screen, Terminal } from './report/terminal.ts';
import { writeReports } from './report/write.ts';
import { type Run, tally } from './run.ts';

const TICK_MS = 250;

const screen: Screen = {
  write: (text) => void process.stdout.write(text),
  isTTY: process.stdout.isTTY,
  get columns() {
    return process.stdout.columns;
  },
  get rows() {
    return process.stdout.rows;
  },
};

/** Aborted when the user interrupts, or reads no longer. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const abort = (): void => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, abort);
  process.stdout.on('error', abort);
  return controller.signal;
}

async function run(options: Options, records: readonly CellRecord[]): Promise<number> {
  const signal = interruption();
  const now = (): number => performance.now();
  const terminal = new Terminal(records, screen, now);
  rmSync(logFolder, { recursive: true, force: true });
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const ticking = setInterval(() => terminal.tick(), TICK_MS);
  await runMatrix(records, { driver: loadDriver, cores: options.jobs, signal, audience: terminal, now });
  clearInterval(ticking);
  const interrupted = signal.aborted;
  const whole = isWhole(options) && !interrupted;
  const result: Run = { command: commandOf(options), date, whole, interrupted, records };
  terminal.end(result, writeReports(result));
  if (interrupted) return 130;
  return tally(result).failed === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  try {
    const options = readOptions(process.env);
    const records = recordsOf(plansOf(readKernels(inCheckout('kernel-matrix/kernels.json')), options));
    if (process.getuid?.() === 0) return await run(options, records);
    process.stderr.write('The kernel matrix needs root. Run: sudo make kernel-matrix\n');
    return 1;
  } catch (error) {
    process.stderr.write(`${error instanceof UsageError ? error.message : String(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main();
