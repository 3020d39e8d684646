import { createHash } from 'node:crypto';
import { link, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardHash } from '../../src/bot/chat/card-hash.ts';
import { systemClock } from '../../src/bot/system-clock.ts';
import { clipCard } from '../../src/bot/thread-view/clip-card.ts';
import { CosmosError } from '../../src/core/errors.ts';
import type {
  Card,
  CardAction,
  ChatFile,
  ChatPort,
  ChatReference,
  ChatUser,
  Inbound,
  UploadFile,
} from '../../src/core/ports/chat.ts';
import { Waiter, type Wakeup } from '../../src/core/wakeup.ts';
import { anyCard } from '../bot/arbitrary-card.ts';
import { factVideo } from '../fakes/fact-media.ts';
import { NO_SURFACES } from '../fakes/no-surfaces.ts';
import { openWorkbench } from '../support/workbench.ts';

/** A message as people see it on the platform. */
export interface ShownMessage {
  readonly message: string;
  /** Content of the file that it carries. */
  readonly file?: string;
}

/** An adapter, and the other side of its platform. */
export interface ChatUnderTest extends AsyncDisposable {
  readonly port: ChatPort;
  /** A channel in which the bot may post. */
  readonly channel: ChatReference;
  readonly user: ChatUser;
  /** Notified whenever something that people see has changed. */
  readonly changed: Wakeup;
  /** Somebody does this on the platform; resolves once it is acknowledged (true), or refused or not answered (false). */
  send(event: Inbound): Promise<boolean>;
  /** Somebody puts a file on the platform: what an upload event names. */
  offer(name: string, content: string): Promise<ChatFile>;
  /** Somebody removes a message. */
  remove(message: ChatReference): Promise<void>;
  /** What people see at a place, oldest first. */
  messages(where: ChatReference): Promise<readonly ShownMessage[]>;
}

const NEVER = new AbortController().signal;
const LOOK_AGAIN_MS = 50;

/** The promises of the `ChatPort`. `make` gives a fresh platform and adapter, working in an empty directory of its own. */
export function chatContract(name: string, make: (directory: string) => Promise<ChatUnderTest>): void {
  describe(`chat contract: ${name}`, () => {
    let bench: Awaited<ReturnType<typeof openWorkbench>>;
    let under: ChatUnderTest;
    let port: ChatPort;
    let received: Inbound[] = [];
    let count = 0;

    const newKey = (): string => {
      count += 1;
      return `contract:${count}`;
    };
    const event = (key: string, where = under.channel) => ({
      dedupeKey: key,
      where,
      user: under.user,
      at: Date.now(),
    });
    const upload = async (content: string): Promise<UploadFile> => {
      const path = join(bench.directory, `${newKey().replace(':', '-')}.mp4`);
      await writeFile(path, content);
      return { path, name: 'street.mp4', bytes: content.length, mime: 'video/mp4' };
    };
    const openThread = async (): Promise<ChatReference> =>
      await port.openThread(newKey(), under.channel, 'A street');
    const since = Date.now() - 60_000;

    beforeEach(async () => {
      bench = await openWorkbench();
      under = await make(bench.directory);
      ({ port } = under);
      received = [];
    });
    afterEach(async () => {
      await port.stop();
      await under[Symbol.asyncDispose]();
      await bench[Symbol.asyncDispose]();
    });

    describe('messages', () => {
      it('are posted, found by their key and read back', async () => {
        const where = await openThread();
        const key = newKey();
        const message = await port.post(key, where, card('hello'));
        expect(await port.find(key, where, since)).toEqual([message]);
        expect(await port.shown(message)).toBe(cardHash(card('hello')));
        expect(await under.messages(where)).toMatchObject([{ message: message.message }]);
      });

      it('are posted into a channel as well', async () => {
        const message = await port.post(newKey(), under.channel, card('hello'));
        expect(message.message).toBeDefined();
        expect(await port.shown(message)).toBe(cardHash(card('hello')));
      });

      it('are not found where they never arrived', async () => {
        const where = await openThread();
        await port.post(newKey(), where, card('hello'));
        expect(await port.find(newKey(), where, since)).toEqual([]);
      });

      it('posted twice with one key are all found, and can be brought back to one', async () => {
        const where = await openThread();
        const key = newKey();
        await port.post(key, where, card('hello'));
        const second = await port.post(key, where, card('hello'));
        const found = await port.find(key, where, since);
        expect(found).toContainEqual(second);
        for (const each of found) if (each.message !== second.message) await port.delete(each);
        expect(await port.find(key, where, since)).toEqual([second]);
        expect(await under.messages(where)).toHaveLength(1);
      });

      it('show what they were edited to, however often', async () => {
        const message = await port.post(newKey(), await openThread(), card('one'));
        for (const text of ['two', 'two', 'three']) {
          expect(await edited(port, message, card(text))).toEqual({ state: 'edited' });
          expect(await port.shown(message)).toBe(cardHash(card(text)));
        }
      });

      it('that somebody has removed are gone, for edits and for looks', async () => {
        const where = await openThread();
        const key = newKey();
        const message = await port.post(key, where, card('one'));
        await under.remove(message);
        expect(await edited(port, message, card('two'))).toEqual({ state: 'gone' });
        expect(await port.shown(message)).toBeNull();
        expect(await port.find(key, where, since)).toEqual([]);
      });

      it('can be deleted twice', async () => {
        const message = await port.post(newKey(), await openThread(), card('one'));
        await port.delete(message);
        await port.delete(message);
        expect(await port.shown(message)).toBeNull();
      });

      it('take a card that is as large as the platform allows', async () => {
        const { maxCardCharacters, maxButtons } = port.capabilities;
        const actions = Array.from({ length: maxButtons }, (_each, index): CardAction => {
          return { verb: 'show', label: `Show ${index}`, target: `rs_${String(index).padStart(8, '0')}` };
        });
        const lines = Array.from({ length: 2_000 }, (_each, index) => `line ${index} & <b>\`*_~|`);
        const full = { ...card('full'), blocks: [{ type: 'log' as const, lines }], actions };
        const clipped = clipCard(full, { maxCardCharacters, maxButtons });
        const message = await port.post(newKey(), await openThread(), clipped);
        expect(await port.shown(message)).toBe(cardHash(clipped));
        expect(await edited(port, message, clipped)).toEqual({ state: 'edited' });
      });

      it('take any card', async () => {
        const where = await openThread();
        await fc.assert(
          fc.asyncProperty(anyCard, async (any) => {
            const clipped = clipCard(any, port.capabilities);
            const message = await port.post(newKey(), where, clipped);
            expect(await port.shown(message)).toBe(cardHash(clipped));
          }),
          { numRuns: 20 },
        );
      });
    });

    describe('threads', () => {
      it('are opened once, however often they are asked for', async () => {
        const key = newKey();
        const first = await port.openThread(key, under.channel, 'A street');
        const second = await port.openThread(key, under.channel, 'A street', since);
        expect(second).toEqual(first);
        const posted = await port.post(newKey(), first, card('hello'));
        expect(await under.messages(first)).toContainEqual(
          expect.objectContaining({ message: posted.message }),
        );
      });
    });

    describe('files', () => {
      it('are posted with their card and found by their key', async () => {
        const where = await openThread();
        const key = newKey();
        const outcome = await port.upload(key, where, await upload('a film'), card('done'));
        await shows(under, async () => (await port.find(key, where, since)).length === 1);
        const [found] = await port.find(key, where, since);
        if (outcome.state === 'posted') expect(found).toEqual(outcome.reference);
        else expect(outcome).toEqual({ state: 'unverified' });
        expect(await under.messages(where)).toContainEqual({ message: found?.message, file: 'a film' });
      });

      it('that are too large are refused, and nothing is posted', async ({ skip }) => {
        const where = await openThread();
        const maxBytes = await port.maxUploadBytes(where);
        skip(maxBytes > 50_000_000, 'no file that a test could write is too large there');
        const key = newKey();
        const outcome = await port.upload(key, where, await upload('x'.repeat(maxBytes + 1)), card('done'));
        expect(outcome).toEqual({ state: 'too_large', maxBytes });
        expect(await port.find(key, where, since)).toEqual([]);
      });

      it('of people are downloaded whole, and never beyond the limit', async () => {
        const file = await under.offer('street.mp4', 'x'.repeat(3_000));
        const to = join(bench.directory, 'downloaded');
        const content = 'x'.repeat(3_000);
        const sha256 = createHash('sha256').update(content).digest('hex');
        expect(await port.download(file, to, 3_000)).toEqual({ bytes: 3_000, sha256 });
        expect(await readFile(to, 'utf8')).toBe(content);
        const tooLarge = port.download(file, `${to}-2`, 2_999);
        await expect(tooLarge).rejects.toMatchObject({ code: 'input.file_too_large' });
      });

      it('of people are not written into what lies there already', async () => {
        const file = await under.offer('street.mp4', 'a film');
        const [to, other] = [join(bench.directory, 'downloaded'), join(bench.directory, 'other')];
        await writeFile(other, 'a longer film of somebody else');
        await link(other, to);
        await port.download(file, to, 3_000);
        expect(await readFile(to, 'utf8')).toBe('a film');
        expect(await readFile(other, 'utf8')).toBe('a longer film of somebody else');
      });

      it('of people that are not there any more are told', async () => {
        const file = await under.offer('street.mp4', 'a film');
        const missing = port.download(
          { ...file, id: `${file.id}0` },
          join(bench.directory, 'downloaded'),
          3_000,
        );
        await expect(missing).rejects.toMatchObject({ code: 'input.file_missing' });
      });

      it('are not downloaded on when nobody waits for them', async () => {
        const file = await under.offer('street.mp4', 'a film');
        const stopped = AbortSignal.abort(new Error('stopped'));
        await expect(
          port.download(file, join(bench.directory, 'downloaded'), 3_000, stopped),
        ).rejects.toThrow();
      });
    });

    describe('events', () => {
      const start = async (): Promise<void> => {
        await port.start(async (each) => {
          received.push(each);
        }, NO_SURFACES);
      };

      it('arrive as they were meant', async () => {
        await start();
        const file = await under.offer('street.mp4', 'a film');
        const sent: Inbound[] = [
          { ...event('E1'), kind: 'command', text: 'inference ps_00000000 edge=0.8' },
          {
            ...event('E2', await openThread()),
            kind: 'click',
            verb: 'rate',
            target: 'rs_00000000',
            arguments: ['5'],
          },
          { ...event('E3'), kind: 'upload', text: 'A "rainy"\nstreet $(x) 🌧️', files: [file] },
        ];
        for (const each of sent) expect(await under.send(each)).toBe(true);
        expect(received.map(meaning)).toEqual(sent.map(meaning));
      });

      it('are acknowledged only after they are durable', async () => {
        const durable = Promise.withResolvers<void>();
        await port.start(async (each) => {
          received.push(each);
          await durable.promise;
        }, NO_SURFACES);
        let isAcknowledged: boolean | undefined;
        const sent = under.send({ ...event('E1'), kind: 'command', text: 'status' }).then((acknowledged) => {
          isAcknowledged = acknowledged;
        });
        await shows(under, async () => received.length === 1);
        expect(isAcknowledged).toBeUndefined();
        durable.resolve();
        await sent;
        expect(isAcknowledged).toBe(true);
      });

      it('that cannot be saved are not acknowledged, and can be sent again', async () => {
        let isBusy = true;
        await port.start(async (each) => {
          if (isBusy) throw new CosmosError('store.busy');
          received.push(each);
        }, NO_SURFACES);
        const sent: Inbound = { ...event('E1'), kind: 'command', text: 'status' };
        expect(await under.send(sent)).toBe(false);
        isBusy = false;
        expect(await under.send(sent)).toBe(true);
        expect(received).toHaveLength(1);
      });

      it('delivered again have the same key', async () => {
        await start();
        const sent: Inbound = { ...event('E1'), kind: 'command', text: 'status' };
        await under.send(sent);
        await under.send(sent);
        expect(new Set(received.map(({ dedupeKey }) => dedupeKey)).size).toBe(1);
      });

      it('never come from the bot itself', async () => {
        await start();
        const where = await openThread();
        const message = await port.post(newKey(), where, card('inference ps_00000000'));
        await edited(port, message, card('status'));
        await port.upload(newKey(), where, await upload('a film'), card('done'));
        await under.send({ ...event('E1'), kind: 'command', text: 'status' });
        expect(received.map(({ dedupeKey }) => dedupeKey)).toHaveLength(1);
      });

      it('are not taken any more after the stop', async () => {
        await start();
        await port.stop();
        expect(await under.send({ ...event('E1'), kind: 'command', text: 'status' })).toBe(false);
        expect(received).toEqual([]);
      });
    });

    it('a whole story: from an upload over a command to one status and one result', {
      timeout: 60_000,
    }, async () => {
      await using story = await openWorkbench({ directory: join(bench.directory), clock: systemClock });
      const { api } = story;
      await story.bot.startChat(port);
      const file = await under.offer('street.mp4', factVideo());
      const sent: Inbound = { ...event('E1'), kind: 'upload', text: 'A rainy street', files: [file] };
      // Platforms deliver again what they believe to be lost.
      for (let time = 0; time < 3; time++) expect(await under.send(sent)).toBe(true);
      await shows(under, async () => api.countPrompts() > 0, story.bot.parts.wakeup);
      const [prompt] = api.listPrompts(5);
      if (prompt === undefined) throw new Error('the upload made no prompt');
      const thread = story.store.threads.ofPrompt(prompt.id)[0]?.reference;
      if (thread === undefined) throw new Error('the prompt has no thread');
      const shownCards = async (): Promise<number> => (await under.messages(thread)).length;
      await shows(under, async () => (await shownCards()) > 0);
      const cards = await shownCards();

      const inThread = port.capabilities.commandInThread ? thread : under.channel;
      const asked: Inbound = { ...event('E2', inThread), kind: 'command', text: `inference ${prompt.id}` };
      for (let time = 0; time < 2; time++) expect(await under.send(asked)).toBe(true);
      await shows(under, async () => api.countRuns({}) > 0, story.bot.parts.wakeup);
      const [run] = api.listRuns({ limit: 5 });
      if (run === undefined) throw new Error('the command queued no run');
      const place = story.store.threads.ofRun(run.id)[0]?.reference ?? thread;
      story.claim();
      for (const percent of [10, 50, 90]) story.progress(run.id, percent);
      const ended = await story.end();
      const film = await readFile(ended.outputs[0]?.path ?? '', 'utf8');
      const results = async (): Promise<readonly ShownMessage[]> =>
        (await under.messages(place)).filter((message) => message.file === film);
      await shows(under, async () => (await results()).length > 0);
      await shows(under, async () => story.store.deliveries.open().length === 0, story.bot.parts.wakeup);

      expect(await results()).toHaveLength(1);
      const statusKey = `status:${run.id}:${story.store.threads.ensure(place).id}`;
      expect(await port.find(statusKey, place, since)).toHaveLength(1);
      expect(api.countPrompts()).toBe(1);
      expect(api.countRuns({})).toBe(1);
      expect(cards).toBe(1);
    });
  });
}

/** What every adapter has to carry over. */
function meaning(event: Inbound): unknown {
  switch (event.kind) {
    case 'command':
      return [event.kind, event.user.id, event.where.thread, event.text];
    case 'form':
      return [event.kind, event.user.id, event.where.thread, event.words];
    case 'click':
      return [event.kind, event.user.id, event.where.thread, event.verb, event.target, event.arguments];
    case 'upload':
      return [event.kind, event.user.id, event.text, event.files.map(({ name }) => name)];
  }
}

/** Edits as soon as the platform allows it. */
async function edited(port: ChatPort, message: ChatReference, card: Card) {
  for (;;) {
    const outcome = await port.edit(message, card);
    if (outcome.state !== 'throttled') return outcome;
    await systemClock.sleep(outcome.retryAfterMs);
  }
}

/** Resolves when the condition holds; looks again whenever something has changed. */
async function shows(under: ChatUnderTest, isTrue: () => Promise<boolean>, also?: Wakeup): Promise<void> {
  const waiter = new Waiter();
  const unsubscribe = [under.changed, also].map((wakeup) => wakeup?.subscribe(waiter.wake));
  try {
    while (!(await isTrue())) await waiter.wait(LOOK_AGAIN_MS, NEVER);
  } finally {
    for (const each of unsubscribe) each?.();
  }
}

function card(text: string): Card {
  return { mark: 'none', title: [text], blocks: [], actions: [] };
}
