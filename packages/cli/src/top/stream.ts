import type { LineStream } from '../system/line-sink.ts';
import type { Frame } from './frame.ts';
import { USUAL_ORDERS } from './orders.ts';
import type { Pacer } from './pacer.ts';
import type { Watch } from './watch.ts';

/** Prints one line an interval until enough are printed, it is ended, or the reader is gone. */
export async function stream(
  watch: Watch,
  count: number,
  pacer: Pacer,
  output: LineStream,
  format: (frame: Frame) => string,
): Promise<void> {
  let failure: NodeJS.ErrnoException | undefined;
  output.on('error', (error) => {
    failure ??= error;
    pacer.end();
  });
  watch.frame(false);
  for (let printed = 0; printed < count && (await pacer.next()); printed++) {
    await watch.follow();
    await watch.walk(USUAL_ORDERS);
    await written(output, `${format(watch.frame(true))}\n`);
  }
  if (failure && failure.code !== 'EPIPE') throw failure;
}

/** Resolves when the reader has taken it, so that a slow one gets fewer lines and no old ones; or when it is gone. */
function written(output: LineStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    output.write(text, () => {
      resolve();
    });
  });
}
