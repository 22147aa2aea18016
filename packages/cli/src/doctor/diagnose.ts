import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { checkInterfaces } from './interface-checks.ts';
import { checkBtf, checkFeatures, checkJit, checkLockdown, checkRelease, checkUnprivileged } from './kernel-checks.ts';
import { checkAddon, checkBpffs, checkObjectFile, checkState } from './place-checks.ts';
import { checkCapabilities, checkLockedMemory, checkMemory, checkOpenFiles } from './rights-checks.ts';

/** All checks, in the order in which what is missing keeps the next ones from being looked at. */
export function diagnose(facts: Facts): Finding[] {
  return [
    checkRelease(facts),
    checkAddon(facts),
    checkObjectFile(facts),
    checkCapabilities(facts),
    ...checkFeatures(facts),
    checkBtf(facts),
    checkJit(facts),
    checkUnprivileged(facts),
    checkLockdown(facts),
    checkLockedMemory(facts),
    checkMemory(facts),
    checkOpenFiles(facts),
    checkBpffs(facts),
    checkState(facts),
    ...checkInterfaces(facts),
  ];
}
