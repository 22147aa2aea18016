import type { AllowChangeOptions } from '../commands/allow-change.ts';
import type { BlockOptions } from '../commands/block.ts';
import type { BlocksOptions } from '../commands/blocks.ts';
import type { SourcesOptions } from '../commands/sources.ts';
import type { UnblockOptions } from '../commands/unblock.ts';
import type { DoctorOptions } from '../doctor/doctor.ts';
import type { EventsOptions } from '../events/events-options.ts';
import type { NamedText } from '../system/write-files.ts';
import type { ReplayOptions } from '../replay/replay-options.ts';
import type { ScansOptions } from '../history/scans-options.ts';
import type { TopOptions } from '../top/top-options.ts';
import type { InstancePlace, StateChoice } from './instance-flags.ts';
import type { RunOptions } from './run-options.ts';

/** What every command that reads an instance was told. */
export interface Reading {
  readonly place: InstancePlace;
  /** One JSON object a line, instead of text. */
  readonly json: boolean;
}

/** What every command that changes an instance was told. */
export interface Changing extends Reading {
  readonly state: StateChoice;
}

/** A command on the pins of an instance. */
export type InstanceRequest =
  | ({ readonly command: 'status' } & Reading)
  | ({ readonly command: 'blocks'; readonly options: BlocksOptions } & Reading)
  | ({ readonly command: 'sources'; readonly options: SourcesOptions } & Reading)
  | ({
      readonly command: 'allow';
      /** Addresses and nets alone, as lists have them. */ readonly plain: boolean;
    } & Reading)
  | ({ readonly command: 'block'; readonly options: BlockOptions } & Changing)
  | ({ readonly command: 'unblock'; readonly options: UnblockOptions } & Changing)
  | ({ readonly command: 'allow add' | 'allow remove'; readonly options: AllowChangeOptions } & Changing)
  | ({ readonly command: 'detach'; readonly interface: string | undefined } & Reading);

/** The live view of an instance. */
export type TopRequest = { readonly command: 'top'; readonly options: TopOptions } & Changing;

/** What the arguments ask for. */
export type Request =
  | { readonly command: 'print'; readonly text: string }
  | { readonly command: 'write'; readonly folder: string; readonly files: readonly NamedText[] }
  | { readonly command: 'run'; readonly options: RunOptions }
  | { readonly command: 'replay'; readonly options: ReplayOptions }
  | { readonly command: 'doctor'; readonly options: DoctorOptions }
  | { readonly command: 'events'; readonly options: EventsOptions }
  | { readonly command: 'scans'; readonly options: ScansOptions }
  | TopRequest
  | InstanceRequest;

/** Takes what one command was asked to do. */
export type Take = (request: Request) => void;
