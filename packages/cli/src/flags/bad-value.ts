/** A flag's value that is refused. The message says what is wrong with it and what would be right. */
export class BadValue extends Error {
  override readonly name = 'BadValue';
}
