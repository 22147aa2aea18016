import type { Command } from 'commander';
import { type GivenPlace, type GivenState, placeOf, withPlace, withState } from './instance-flags.ts';
import type { Changing, Reading } from './request.ts';

/** The flags of every command on pins, as commander hands them on. */
export interface GivenReading extends GivenPlace {
  readonly json?: boolean;
}

export interface GivenChanging extends GivenReading, GivenState {}

/** Adds `--name`, `--bpffs` and `--json`. */
export function forReading(command: Command): Command {
  return withPlace(command).option('--json', 'print JSON, one object a line');
}

/** The same, and `--state` and `--no-state`. */
export function forChanging(command: Command): Command {
  return withState(forReading(command));
}

export function readingOf(given: GivenReading): Reading {
  return { place: placeOf(given), json: given.json ?? false };
}

export function changingOf(given: GivenChanging): Changing {
  return { ...readingOf(given), state: given.state };
}
