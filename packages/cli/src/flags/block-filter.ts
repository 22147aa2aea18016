import type { BlockFilter } from '../commands/block-filter.ts';
import { BadValue } from './bad-value.ts';
import { parseChoice } from './choice.ts';
import { parsePrefix } from './prefix.ts';
import { parseWholeNumber } from './whole-number.ts';

/** Reads `reason=scan`, `net=198.51.100.0/24`, `port=22`. @throws BadValue */
export function parseBlockFilter(text: string): BlockFilter {
  const [what, ...rest] = text.split('=');
  const value = rest.join('=');
  switch (what) {
    case 'reason':
      return { what, reason: parseChoice(value, ['scan', 'operator', 'list'] as const) };
    case 'net':
      return { what, net: parsePrefix(value, 'so it filters nothing: leave it out') };
    case 'port':
      return { what, port: parseWholeNumber(value, 0, 65_535) };
    default:
      throw new BadValue(`'${text}' is no filter: write reason=scan, net=198.51.100.0/24 or port=22`);
  }
}
