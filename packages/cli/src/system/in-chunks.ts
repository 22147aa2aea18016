/** Texts joined to longer ones, each of `length` characters or a little more but for the last. */
export function* inChunks(texts: Iterable<string>, length: number): Generator<string> {
  let chunk = '';
  for (const text of texts) {
    chunk += text;
    if (chunk.length < length) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
