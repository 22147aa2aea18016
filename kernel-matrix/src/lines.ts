/** Puts pieces of bytes together to whole lines of text. */
export class Lines {
  private rest = Buffer.alloc(0);
  private readonly line: (line: string) => void;

  constructor(line: (line: string) => void) {
    this.line = line;
  }

  push(bytes: Uint8Array): void {
    let rest = Buffer.concat([this.rest, bytes]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      this.line(rest.toString('utf8', 0, end));
      rest = rest.subarray(end + 1);
    }
    this.rest = rest;
  }

  /** What came without an end of line is a line too. */
  end(): void {
    if (this.rest.length > 0) this.line(this.rest.toString('utf8'));
    this.rest = Buffer.alloc(0);
  }
}
