import fc from 'fast-check';
import { test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parseArguments } from './program.ts';

const word = fc.oneof(
  fc.constantFrom(
    'run',
    'blocks',
    'block',
    'unblock',
    'allow',
    'events',
    '--follow',
    'add',
    '--all',
    '--state',
    '--no-state',
    '--name',
    'x',
    '-i',
    'veth0',
    '-n',
    '3',
    '--window',
    '1s',
    '--mode',
    'user',
    '--allow',
    '::1',
    '--replace',
    '--',
    '-h',
  ),
  fc.string({ maxLength: 12 }),
);

test('any arguments are a request or a usage error of one line', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (args) => {
      try {
        const request = parseArguments(args, '1.2.3');
        if (request.command === 'print') return request.text !== '';
        if (request.command === 'write') return request.files.length > 0;
        if (request.command === 'doctor') return request.options.place.name !== '';
        if (request.command === 'replay') return request.options.files.length > 0;
        if (request.command === 'events' || request.command === 'scans') return request.options.path !== '';
        return request.command === 'run' ? request.options.trackingPeriodMs >= 10 : request.place.name !== '';
      } catch (error) {
        return error instanceof OperatorError && error.exitCode === 2;
      }
    }),
    { numRuns: 2_000 },
  );
});
