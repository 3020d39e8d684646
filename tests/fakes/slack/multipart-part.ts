/**
 * The content of the first part of a multipart body, without holding it in memory.
 * Throws when the body has no such part.
 */
export async function* firstPart(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Buffer, void, undefined> {
  const end = Buffer.from(`\r\n--${boundary}`);
  let rest: Buffer = Buffer.alloc(0);
  let inContent = false;
  let done = false;
  for await (const chunk of body) {
    // The body is read to its end, whatever follows the part.
    if (done) continue;
    rest = Buffer.concat([rest, chunk]);
    if (!inContent) {
      const head = rest.indexOf('\r\n\r\n');
      if (head < 0) continue;
      rest = rest.subarray(head + 4);
      inContent = true;
    }
    const found = rest.indexOf(end);
    done = found >= 0;
    // What may be the beginning of the boundary stays for the next chunk.
    const safe = done ? found : Math.max(0, rest.length - end.length);
    if (safe > 0) yield rest.subarray(0, safe);
    rest = rest.subarray(safe);
  }
  if (!done) throw new Error('the multipart body ends within a part');
}
