/** Text as roff reads it: every character is itself, hyphens and quotes as they are typed in a shell. */
export function escapeRoff(text: string): string {
  let escaped = '';
  for (const character of text.replace(/\p{Cc}/gu, ' ')) {
    escaped += special[character] ?? (character > '~' ? codePoint(character) : character);
  }
  // A line that begins with one of these would be a request.
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

const special: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

const codePoint = (character: string): string =>
  `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`;

export const bold = (text: string): string => `\\fB${escapeRoff(text)}\\fR`;
export const italic = (text: string): string => `\\fI${escapeRoff(text)}\\fR`;

/** Something and what it is. */
export function tagged(term: string, text: string): string[] {
  return ['.TP', term, escapeRoff(text)];
}

/** Lines that are printed as they are. */
export function verbatim(lines: readonly string[]): string[] {
  return ['.RS 4', '.nf', ...lines.map(escapeRoff), '.fi', '.RE'];
}
