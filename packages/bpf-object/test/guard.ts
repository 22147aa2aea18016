import { Script } from 'node:vm';

const SLOT = '__scanwardGuarded';
const script = new Script(`globalThis.${SLOT}()`);

/** Runs synchronous code and throws when it has not ended after `milliseconds`: an endless loop fails, it does not hang. */
export function guarded<T>(milliseconds: number, run: () => T): T {
  let result: { value: T } | undefined;
  Reflect.set(globalThis, SLOT, () => {
    result = { value: run() };
  });
  try {
    script.runInThisContext({ timeout: milliseconds });
  } finally {
    Reflect.deleteProperty(globalThis, SLOT);
  }
  return result!.value;
}
