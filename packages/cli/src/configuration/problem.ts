/** Something in a configuration that cannot be taken. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** `/etc/scanward/scanward.yaml:3: threshold`. */
  readonly where: string;

  constructor(where: string, todo: string, cause?: unknown) {
    super(todo, { cause });
    this.where = where;
  }
}
