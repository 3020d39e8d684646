import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { shortHash } from '../../../src/bot/chat/card-hash.ts';
import type { CallBody } from '../../../src/bot/discord/discord-client.ts';
import { MessageContent } from '../../../src/bot/discord/message-content.ts';
import { fileNameOf, isFileOf, nonceOf } from '../../../src/bot/discord/message-mark.ts';
import { isPicture } from '../../../src/bot/discord/pictures.ts';
import type { Card } from '../../../src/core/ports/chat.ts';
import { checkMessage } from '../../fakes/discord/checks/message-check.ts';
import { FakeRandom } from '../../fakes/fake-random.ts';
import { isObject, objectsOf, parseJson, stringAt } from '../../fakes/slack/json.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { anyCard, anyText } from '../arbitrary-card.ts';

const KEY = 'result:rs_00000000';
const CHANNEL = '100000000000000001';

const content = new MessageContent({ random: new FakeRandom(), logger: pino({ level: 'silent' }) });

/** What Discord would read of it. */
async function sent({ json, stream }: CallBody) {
  if (stream === undefined) return { payload: json, files: new Map<string, string>() };
  const form = await new Response(stream.body, { headers: { ...stream.headers } }).formData();
  const files = new Map<string, string>();
  for (const [field, value] of form) if (value instanceof File) files.set(field, value.name);
  return { payload: parseJson(String(form.get('payload_json'))), files };
}

/** The card with pictures that there are in place of those that it names. */
function withPictures({ blocks, ...card }: Card, paths: readonly string[]): Card {
  const pictures = paths.map((path, index) => ({
    ...{ type: 'picture' as const, path },
    description: 'x'.repeat(index * 700),
  }));
  return { ...card, blocks: [...blocks.filter(({ type }) => type !== 'picture'), ...pictures] };
}

describe('a message with its pictures and its file', () => {
  it('is what Discord takes, whatever is in its card and was in it before', async () => {
    const directory = await temporaryDirectory();
    const paths = ['a.jpg', 'b.PNG', 'c', 'd.tar.gz', 'e.webp', 'gone.jpg'].map((name) =>
      join(directory, name),
    );
    for (const path of paths.slice(0, -1)) await writeFile(path, path);
    await mkdir(join(directory, 'more'));
    const result = join(directory, 'result.mp4');
    await writeFile(result, 'a film');
    const pictures = fc.shuffledSubarray(paths);
    await fc.assert(
      fc.asyncProperty(
        anyCard,
        anyCard,
        pictures,
        pictures,
        anyText,
        fc.boolean(),
        async (before, after, shownBefore, shownAfter, name, hasFile) => {
          const keyHash = shortHash(KEY);
          const fileName = fileNameOf(name, keyHash);
          const file = { path: result, name: fileName, bytes: 6, mime: 'video/mp4' };
          const posted = await content.of(withPictures(before, shownBefore), {
            ...{ keyHash, nonce: nonceOf(KEY, CHANNEL) },
            ...(hasFile && { file }),
          });
          const first = await sent(posted.body());
          if (!isObject(first.payload)) throw new Error('no message');
          const draft = checkMessage(first.payload);
          expect(draft.enforceNonce).toBe(true);
          const present = [...first.files.values()].map((each, index) => ({
            ...{ id: `90000000000000000${index}`, name: each, url: 'https://cdn.example' },
          }));
          expect(present.length).toBe((hasFile ? 1 : 0) + new Set(shownIn(draft.embeds)).size);
          expect(present.every(({ name: each }) => isPicture(each) || isFileOf(each, keyHash))).toBe(true);

          const edited = await content.of(withPictures(after, shownAfter), { keyHash, present });
          const second = await sent(edited.body());
          if (!isObject(second.payload)) throw new Error('no message');
          const change = checkMessage(second.payload);
          expect(change.nonce).toBeUndefined();
          const kept = keptOf(present, change.attachments, second.files);
          expect(new Set(kept).size).toBe(kept.length);
          // Every picture of the card is there, no other one is, and the file stays.
          const wanted = new Set(shownIn(change.embeds));
          expect(kept.filter(isPicture).sort()).toEqual([...wanted].sort());
          expect(kept.filter((each) => !isPicture(each))).toEqual(hasFile ? [fileName] : []);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the nonce of a post', () => {
  it('is of at most 25 characters, the same for the same key and channel only', () => {
    const nonce = nonceOf(KEY, CHANNEL);
    expect(nonce).toBe(nonceOf(KEY, CHANNEL));
    expect(new Set([nonce, nonceOf('other', CHANNEL), nonceOf(KEY, '100000000000000002')]).size).toBe(3);
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(nonceOf(key, CHANNEL)).toMatch(/^[0-9a-z]{1,25}$/);
      }),
    );
  });
});

describe('the name of a file', () => {
  it.each([
    ['rainy street-rs_1.mp4', 'rainy_street-rs_1'],
    ['夜の港.mp4', 'file'],
    ['a"; filename="b.mp4', 'a_filenameb'],
    ['../../etc/passwd.mp4', 'etcpasswd'],
    ['Ä\r\nö.mp4', 'A_o'],
    [`${'x'.repeat(300)}.mp4`, 'x'.repeat(100)],
  ])('%j is safe, readable, and ends with its key', (name, stem) => {
    const keyHash = shortHash(KEY);
    const safe = fileNameOf(name, keyHash);
    expect(safe).toBe(`${stem}-${keyHash.slice(0, 10)}.mp4`);
    expect(isFileOf(safe, keyHash)).toBe(true);
    expect(isFileOf(safe, shortHash('other'))).toBe(false);
  });

  it.each(['.mp4', 'README', '...', '…', 'a.…', 'v1.2', 'a.b-c', `x.${'y'.repeat(300)}`])(
    'without a beginning or an end is found by its key: %s',
    (name) => {
      const keyHash = shortHash(KEY);
      expect(isFileOf(fileNameOf(name, keyHash), keyHash)).toBe(true);
      expect(fileNameOf(name, keyHash)).toMatch(/^\w[\w.-]{0,125}$/);
    },
  );
});

/** Names of the pictures that embeds show. */
function shownIn(embeds: readonly object[] | undefined): readonly string[] {
  return objectsOf(embeds).flatMap((embed) => {
    const { image } = embed;
    const url = isObject(image) ? stringAt(image, 'url') : undefined;
    return url === undefined ? [] : [url.slice('attachment://'.length)];
  });
}

/** Names of what the message shows after the change: all, unless it says which. */
function keptOf(
  present: readonly { readonly id: string; readonly name: string }[],
  said: readonly Record<string, unknown>[] | undefined,
  files: ReadonlyMap<string, string>,
): readonly string[] {
  if (said === undefined) return present.map(({ name }) => name);
  return said.map(({ id, filename }) => {
    const old = present.find((each) => each.id === id);
    const added = files.get(`files[${String(id)}]`);
    if (old === undefined && added !== filename) throw new Error(`no file is ${String(id)}`);
    return old?.name ?? String(filename);
  });
}
