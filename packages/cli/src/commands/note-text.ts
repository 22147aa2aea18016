/** Bytes of UTF-8 that a note has room for: `text` of `struct block_note`. */
export const NOTE_TEXT_MAX = 64;

/** A note's text for a terminal or a log: what cannot be printed (it came from elsewhere) is shown as `?`. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}
