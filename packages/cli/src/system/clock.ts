import type { Clock } from '@scanward/daemon';

/** The real clocks. Node's `hrtime` is CLOCK_MONOTONIC, the clock of `bpf_ktime_get_ns`. */
export const systemClock: Clock = {
  monotonicNs: () => process.hrtime.bigint(),
  wallMs: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
