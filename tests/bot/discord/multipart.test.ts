import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { multipart } from '../../../src/bot/discord/multipart.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function fileOf(content: string | Uint8Array) {
  const path = join(await temporaryDirectory(), 'file');
  await writeFile(path, content);
  return { path, name: 'street.mp4', bytes: content.length, mime: 'video/mp4' };
}

describe('a message with files', () => {
  it('is what a form of a browser would be, and as long as it says', async () => {
    const file = await fileOf('a film');
    const { body, headers } = multipart({ content: 'hé' }, [file], { boundary: 'edge' });
    const response = new Response(body, { headers: { ...headers } });
    const bytes = await response.clone().arrayBuffer();
    expect(String(bytes.byteLength)).toBe(headers['content-length']);
    const form = await response.formData();
    expect(form.get('payload_json')).toBe('{"content":"hé"}');
    const sent = form.get('files[0]');
    expect(sent).toBeInstanceOf(File);
    expect(sent instanceof File && [sent.name, sent.type, await sent.text()]).toEqual([
      'street.mp4',
      'video/mp4',
      'a film',
    ]);
  });

  it('is read no faster than it is taken', async () => {
    const file = await fileOf(new Uint8Array(20 * 1024 * 1024));
    let chunks = 0;
    const { body } = multipart({}, [file], { boundary: 'edge', moved: () => chunks++ });
    const reader = body.getReader();
    for (let count = 0; count < 4; count++) await reader.read();
    expect(chunks).toBeLessThanOrEqual(4);
    await reader.cancel();
  });

  it('fails where its file has become shorter', async () => {
    const file = await fileOf('a film');
    const { body } = multipart({}, [{ ...file, bytes: 100 }], { boundary: 'edge' });
    await expect(new Response(body).arrayBuffer()).rejects.toThrow();
  });
});
