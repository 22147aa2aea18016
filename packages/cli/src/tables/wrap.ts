/** Places of a terminal's line that a text takes, at most: what is not ASCII may take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += character <= '~' ? 1 : 2;
  return width;
}

/** Breaks a text into pieces of at most `width` (2 or more) places: after a space or a comma if there is one, else anywhere. */
export function wrap(text: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (widthOf(rest) > width) {
    const fits = prefixOf(rest, width);
    const soft = /^.*[ ,](?=[^ ,])/su.exec(fits + (rest[fits.length] ?? ''))?.[0];
    const piece = soft === undefined || soft.length > fits.length ? fits : soft;
    pieces.push(piece.trimEnd());
    rest = rest.slice(piece.length).trimStart();
  }
  return [...pieces, rest];
}

/** The longest beginning that fits. */
function prefixOf(text: string, width: number): string {
  let fits = '';
  let left = width;
  for (const character of text) {
    left -= widthOf(character);
    if (left < 0) break;
    fits += character;
  }
  return fits;
}
