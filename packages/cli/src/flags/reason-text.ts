import { NOTE_TEXT_MAX } from '../commands/note-text.ts';
import { BadValue } from './bad-value.ts';

/** Reads the words of an operator: one line that a terminal can show, as long as a note has room. @throws BadValue */
export function parseReasonText(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > NOTE_TEXT_MAX) throw new BadValue(`it has ${bytes} bytes: write at most ${NOTE_TEXT_MAX}`);
  if (text.trim() === '') throw new BadValue('it is empty: write why, or leave it out');
  if (/\p{C}/u.test(text)) throw new BadValue('it holds characters that cannot be printed: write one line of text');
  return text;
}
