import { expect, test } from 'vitest';
import { summarise } from './verifier-log.ts';

const BEFORE_7_3 = `0: R1=ctx() R10=fp0
0: (95) exit
R0 !read_ok
processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

/** From 7.3 on the verifier also explains itself; what it said before stands before that. */
const FROM_7_3 = `0: R1=ctx() R10=fp0
0: (95) exit
R0 !read_ok

Verification failed: Register Type Safety: Unreadable register

Reason:
  R0 has never been initialized on this path, so the verifier cannot use it as an input.

At:
  insn 0
       | ^-- error: R0 is not readable
  Instruction context:
  >>> 0 | (95) exit

Causal path:
  no retained diagnostic events on this path

Suggestion:
  Initialize R0 on every path before this instruction.

processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

test('the last lines say why, without statistics and registers', () => {
  expect(summarise(BEFORE_7_3)).toBe('0: (95) exit\nR0 !read_ok');
});

test('of what a newer verifier explains, the reason is added', () => {
  expect(summarise(FROM_7_3)).toBe(
    '0: (95) exit\nR0 !read_ok\nR0 has never been initialized on this path, so the verifier cannot use it as an input.',
  );
});

test('a source line is kept with what it belongs to', () => {
  const many = Array.from({ length: 20 }, (_, i) => `${i}: (b7) r${i % 10} = 0`).join('\n');
  expect(summarise(`; return x; @ a.c:3\n${many}\nR0 !read_ok\n`).split('\n')[0]).toBe('; return x; @ a.c:3');
});
