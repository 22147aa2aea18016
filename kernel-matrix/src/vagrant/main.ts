// `make vagrant-box`: puts what plain `vagrant up` needs into the cache.
import { readKernels } from '../kernels.ts';
import { makeBox } from './box.ts';
import { machineName } from './names.ts';
import { prepareMachines } from './prepare.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort()).once('SIGTERM', () => interrupt.abort());
const watch = { progress: say, signal: interrupt.signal };
try {
  say(await makeBox(watch));
  const entries = readKernels().filter(({ drivers }) => drivers.includes('vagrant'));
  for (const { resolved } of await prepareMachines(entries, watch)) {
    const { kernel, source, instead, missing } = resolved;
    say(`${machineName(kernel.series)}  ${missing ?? instead ?? source}`);
  }
} catch (error) {
  process.stderr.write(`${interrupt.signal.aborted ? 'interrupted' : (error as Error).message}\n`);
  process.exitCode = 1;
}
