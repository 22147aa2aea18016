import type { EventChoice } from './event-flags.ts';
import type { StateChoice } from './instance-flags.ts';
import type { MetricsChoice } from '../metrics/where.ts';
import type { PolicyChoice } from './policy-choice.ts';

/** What `scanward run` was asked to do. */
export interface RunOptions extends PolicyChoice, EventChoice {
  /** Empty: the interface of the default route. */
  readonly interfaces: readonly string[];
  /** How often connections are printed, in milliseconds. */
  readonly trackingPeriodMs: number;
  readonly xdp: 'auto' | 'native' | 'generic';
  readonly allowGateway: boolean;
  /** Files of addresses and nets that are never blocked, and of those that are blocked. */
  readonly allowList: readonly string[];
  readonly blockList: readonly string[];
  /** Blocked nets at a time. */
  readonly maxNets: number;
  readonly replace: boolean;
  readonly format: 'text' | 'json';
  /** The folder of instances on a BPF file system; undefined: the usual one, if there is one. */
  readonly bpffs: string | undefined;
  /** Of the instance. */
  readonly name: string;
  /** Whether protection outlives the process. */
  readonly pin: boolean;
  /** Whether it stays when the process is asked to end. */
  readonly keepOnExit: boolean;
  readonly state: StateChoice;
  /** Whom the process becomes when it has made what that one may not make; undefined: it stays who it is. */
  readonly user: string | undefined;
  readonly metrics: MetricsChoice;
  /** Another BPF object than the shipped one. */
  readonly object?: string;
}
