import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InboundHandler } from '../../../src/bot/chat/inbound-handler.ts';
import { InboxWorker } from '../../../src/bot/chat/inbox-worker.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { ChatReference, ChatUser, Inbound } from '../../../src/core/ports/chat.ts';
import type { Prompt } from '../../../src/core/prompts/prompt.ts';
import { InboxReceiver } from '../../../src/core/store/inbox-receiver.ts';
import { factAudio, factImage, factVideo } from '../../fakes/fact-media.ts';
import { CHANNEL, FAKE } from '../../fakes/fake-chat.ts';
import { makeZip } from '../../support/make-zip.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import type { WorkbenchOptions } from '../../support/workbench.ts';
import { ChatBench, textOf } from './chat-bench.ts';

const ANA: ChatUser = { id: 'U_ana', name: 'ana', groups: [] };
const BEN: ChatUser = { id: 'U_ben', name: 'ben', groups: ['G_guests'] };
const UNAVAILABLE = new CosmosError('chat.unavailable', { platform: 'fake' });

const LOOKS = { interval: 5, timeout: 20_000 };

/** A bot that receives, works and shows; the test waits for what it shows. */
class InboxBench {
  readonly chat: ChatBench;
  worker: InboxWorker;
  #count = 0;

  private constructor(chat: ChatBench) {
    this.chat = chat;
    this.worker = this.#newWorker();
  }

  static async open(options: WorkbenchOptions<never> = {}): Promise<InboxBench> {
    const bench = new InboxBench(await ChatBench.open({}, options));
    await bench.chat.chat.start(bench.receive);
    onTestFinished(async () => await bench.worker.stop());
    return bench;
  }

  readonly receive = async (event: Inbound): Promise<void> => await this.worker.receive(event);

  get bench() {
    return this.chat.bench;
  }

  get messages() {
    return this.chat.chat.messages;
  }

  command(text: string, more: Partial<Extract<Inbound, { kind: 'command' }>> = {}): Inbound {
    return { ...this.#event(), kind: 'command', text, ...more };
  }

  upload(
    text: string,
    files: Record<string, string | Buffer>,
    more: Partial<Extract<Inbound, { kind: 'upload' }>> = {},
  ): Inbound {
    const offered = Object.entries(files).map(([name, content]) => this.chat.chat.offer(name, content));
    const event = this.#event();
    return {
      ...event,
      where: { ...CHANNEL, message: `P${this.#count}` },
      kind: 'upload',
      text,
      files: offered,
      ...more,
    };
  }

  /** Works until nothing is left that could be done now. */
  async settle(): Promise<void> {
    this.worker.start();
    await expect.poll(() => this.bench.store.inbox.open(FAKE), LOOKS).toEqual([]);
    await this.chat.pass(0);
  }

  async say(event: Inbound): Promise<void> {
    expect(await this.chat.chat.deliver(event)).toBe(true);
    await this.settle();
  }

  /** A process that was killed comes back: the store and the platform are as they are. */
  async restart(): Promise<void> {
    await this.worker.stop();
    this.worker = this.#newWorker();
    this.chat.restart();
  }

  #event() {
    this.#count += 1;
    return {
      dedupeKey: `E${this.#count}`,
      where: CHANNEL as ChatReference,
      user: ANA,
      at: this.chat.clock.now(),
    };
  }

  #newWorker(): InboxWorker {
    const { store, api, views, clock, logger, wakeup, data, access, config } = this.bench.bot.parts;
    const receiver = new InboxReceiver(data.database, clock);
    onTestFinished(() => receiver[Symbol.dispose]());
    const port = this.chat.chat;
    const { staleCommandMs } = config.timeouts;
    const handler = new InboundHandler({
      ...{ store, api, views, port, access, clock, data, wakeup, staleCommandMs },
      maxUploadBytes: 10_000,
    });
    return new InboxWorker({ store, receiver, port, handler, clock, logger, wakeup });
  }
}

describe('taking an event over', () => {
  it('makes it durable before it is acknowledged', async () => {
    const bench = await InboxBench.open();
    const event = bench.command('status');
    expect(await bench.chat.chat.deliver(event)).toBe(true);
    expect(bench.bench.store.inbox.open(FAKE)).toEqual([event]);
  });

  it('refuses it within moments while another process writes, and takes it when it is sent again', async () => {
    const bench = await InboxBench.open();
    const other = new SqliteDatabase(bench.bench.bot.parts.data.database);
    onTestFinished(() => {
      other.close();
    });
    other.exec('BEGIN IMMEDIATE');
    const event = bench.command('status');
    await expect(bench.worker.receive(event)).rejects.toMatchObject({ code: 'store.busy' });
    expect(await bench.chat.chat.deliver(event)).toBe(false);
    other.exec('ROLLBACK');
    await bench.say(event);
    expect(bench.messages).toHaveLength(1);
  });

  it('has one effect and one answer however often it is delivered', async () => {
    const bench = await InboxBench.open();
    const event = bench.upload('A street', { 'street.mp4': factVideo() });
    for (let time = 0; time < 3; time++) expect(await bench.chat.chat.deliver(event)).toBe(true);
    await bench.settle();
    await bench.say(event);
    expect(bench.bench.api.listPrompts(10)).toHaveLength(1);
    expect(bench.messages).toHaveLength(1);
  });
});

it('the file of an upload is stored as it was downloaded, and copied by nobody', async () => {
  const bench = await InboxBench.open();
  const inodes: bigint[] = [];
  const { chat } = bench.chat;
  const download = chat.download.bind(chat);
  chat.download = async (file, to, ...more) => {
    const hashed = await download(file, to, ...more);
    inodes.push((await stat(to, { bigint: true })).ino);
    return hashed;
  };
  await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }));
  const [made] = bench.bench.api.listPrompts(1);
  const where = { ...CHANNEL, thread: 'P1' };
  await bench.say(bench.upload('', { 'street_depth.mp4': factVideo({}, 'depth') }, { where }));
  const { data } = bench.bench.bot.parts;
  const inputs = made === undefined ? [] : (bench.bench.api.getPrompt(made.id)?.inputs ?? []);
  const stored = inputs.map(
    async ({ asset }) => (await stat(data.asset(asset.sha256), { bigint: true })).ino,
  );
  expect(inputs).toHaveLength(2);
  expect(await Promise.all(stored)).toEqual(inodes);
  // What was copied is removed once the event is done.
  await expect.poll(async () => await readdir(data.incoming), LOOKS).toEqual([]);
});

it('files that cannot be an input are named on the card of the prompt, and on the answer in its thread', async () => {
  const bench = await InboxBench.open();
  const leftOut = ['a/notes.pdf', 'plan.txt'];
  await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }, { leftOut }));
  expect(bench.messages.map(textOf).join()).toContain('picture: notes.pdf, plan.txt.');
  const where = { ...CHANNEL, thread: 'P1' };
  const depth = { 'street_depth.mp4': factVideo({}, 'depth') };
  await bench.say(bench.upload('', depth, { where, leftOut: ['late.pdf'] }));
  expect(bench.messages.map(textOf).join()).toContain('picture: late.pdf.');
});

it('a rating is answered to whoever rates alone; what others have to know is not', async () => {
  const bench = await InboxBench.open();
  await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }));
  const where = { ...CHANNEL, thread: 'P1' };
  await bench.say(bench.command('inference', { where }));
  bench.bench.claim();
  await bench.bench.end('done');
  const [run] = bench.bench.api.listRuns({ limit: 1 });
  await bench.say(bench.command(`rate ${run?.id} 5`, { where }));
  await bench.say(bench.command(`show ${run?.id}`, { where }));
  const answers = bench.messages.filter(({ key }) => key.startsWith('answer:'));
  expect(answers.map(({ answered }) => answered?.alone)).toEqual([true, undefined]);
  expect(bench.bench.api.getRun(run?.id as never)?.rating).toBe(5);
});

it('files that come with a name and a negative text make a prompt that has both', async () => {
  const bench = await InboxBench.open();
  const more = { name: 'neon', negativeText: 'people' };
  await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }, more));
  expect(bench.bench.api.listPrompts(1)).toMatchObject([more]);
});

describe('a whole conversation', () => {
  it('makes a prompt of an archive of pictures, with a video of each kind', async () => {
    const bench = await InboxBench.open();
    const picture = Buffer.from('a picture');
    const path = join(bench.bench.directory, 'render.zip');
    await makeZip(path, {
      'color.1.png': picture,
      'color.2.png': picture,
      'depth.1.png': picture,
      'depth.2.png': picture,
    });
    await bench.say(bench.upload('A rainy street', { 'render.zip': await readFile(path) }));

    expect(bench.messages.map(textOf).join()).toContain('render_depth.mp4');
  });

  it('says what is wrong with an archive where it was sent', async () => {
    const bench = await InboxBench.open();
    const path = join(bench.bench.directory, 'render.zip');
    await makeZip(path, { 'color.1.png': 'x', 'color.3.png': 'x', 'notes.txt': 'x' });
    await bench.say(bench.upload('A rainy street', { 'render.zip': await readFile(path) }));

    const told = bench.messages.map(textOf).join();
    expect(told).toContain('missing: 2');
    expect(told).toContain('notes.txt');
  });

  it('goes from an upload over a command in its thread to the finished video', async () => {
    const bench = await InboxBench.open();
    await bench.say(bench.upload('A rainy street', { 'street.mp4': factVideo() }));
    const [prompt] = bench.bench.api.listPrompts(1);
    expect(bench.messages).toMatchObject([
      { where: { thread: 'P1' }, key: expect.stringContaining(prompt?.id ?? '?') },
    ]);
    await bench.say(
      bench.command(`inference ${prompt?.id} edge=0.5`, { where: { ...CHANNEL, thread: 'P1' } }),
    );
    expect(bench.messages).toHaveLength(2);
    bench.bench.claim();
    await bench.bench.end();
    await bench.chat.pass(60_000);
    expect(bench.messages.map(({ where, file }) => [where.thread, file !== undefined])).toEqual([
      ['P1', false],
      ['P1', false],
      ['P1', true],
    ]);
  });

  it('opens a thread of its own for a run that is asked for in a channel', async () => {
    const bench = await InboxBench.open();
    const prompt = await bench.bench.prompt();
    await bench.say(bench.command(`inference ${prompt.name}`));
    const [root, status] = bench.messages;
    expect(root?.where).toEqual(CHANNEL);
    expect(status?.where.thread).toBe(root?.id);
  });

  it('answers where it was asked, to the person who asked', async () => {
    const bench = await InboxBench.open();
    await bench.say(bench.command('status', { where: { ...CHANNEL, thread: 'T7' }, user: BEN }));
    await bench.say(bench.command('status'));
    expect(bench.messages.map(({ where, answered }) => [where.thread, answered?.user])).toEqual([
      ['T7', 'U_ben'],
      [undefined, 'U_ana'],
    ]);
  });

  it('understands clicks and the words of forms like typed commands', async () => {
    const bench = await InboxBench.open();
    const prompt = await bench.bench.prompt();
    const { dedupeKey: _key, ...base } = bench.command('');
    const click = {
      ...base,
      dedupeKey: 'C1',
      kind: 'click' as const,
      verb: 'inference',
      target: prompt.id,
      arguments: ['edge=0.5'],
    };
    await bench.say(click);
    await bench.say({
      ...base,
      dedupeKey: 'C2',
      kind: 'form',
      words: ['inference', prompt.id, '--model', 'preview', 'seg=0', 'vis=0.5'],
    });
    expect(bench.bench.api.listRuns({ limit: 5 }).map(({ parameters }) => parameters['edge'])).toEqual([
      0.8, 0.5,
    ]);
  });

  it('opens no thread for what is refused', async () => {
    const bench = await InboxBench.open({ config: '[limits]\nmax_queued_per_user = 1\n' });
    const prompt = await bench.bench.prompt();
    const run = bench.bench.run(prompt);
    for (const words of [
      `inference ${prompt.id}`,
      `inference ${prompt.id} edge=7`,
      'inference nowhere',
      `retry ${run.id}`,
      'create prompt "" street.mp4',
      'create prompt ""',
    ]) {
      await bench.say(bench.command(words));
    }
    expect(bench.chat.chat.calls).not.toContain('openThread');
    expect(bench.messages.map(({ card: { mark } }) => mark)).toEqual(Array(6).fill('warning'));
  });

  it('makes a prompt of a text alone, whose files may follow in its thread', async () => {
    const bench = await InboxBench.open();
    await bench.say(bench.command('create prompt "A street"'));
    expect(bench.bench.api.listPrompts(5)).toMatchObject([{ text: 'A street', inputs: [] }]);
    const [card] = bench.messages.filter(({ key }) => key.startsWith('prompt:'));
    expect(card?.where.thread).toBeDefined();
    expect(card && textOf(card)).toContain('No files yet');
    expect(card?.card.actions.map(({ verb }) => verb)).toEqual(['discard']);
  });

  it('acts on the run of its thread where the id is left out', async () => {
    const bench = await InboxBench.open();
    const where = { ...CHANNEL, thread: 'T1' };
    const prompt = await bench.bench.prompt('A street', bench.chat.thread());
    await bench.say(bench.command('inference edge=0.4', { where }));
    const [run] = bench.bench.api.listRuns({ promptId: prompt.id, limit: 5 });
    expect(run?.parameters).toMatchObject({ edge: 0.4 });
    await bench.say(bench.command('rerun edge=0.5', { where }));
    const [again] = bench.bench.api.listRuns({ promptId: prompt.id, limit: 5 });
    await bench.say(bench.command('cancel', { where }));
    expect(again && bench.bench.reload(again.id).state).toBe('cancelled');
    expect(run && bench.bench.reload(run.id).state).toBe('queued');
    await bench.say(bench.command('cancel'));
    const answer = bench.messages.at(-1);
    expect(answer && textOf(answer)).toContain('needs');
  });

  it("never reads files of the bot's own machine for somebody in a chat", async () => {
    const bench = await InboxBench.open();
    const path = await bench.bench.file('secret.mp4');
    await bench.say(bench.command(`create prompt "A street" ${path}`));
    expect(bench.bench.api.listPrompts(5)).toEqual([]);
    expect(bench.messages[0] && textOf(bench.messages[0])).toContain('cannot be named by a path');
  });
});

describe('files in the thread of a prompt', () => {
  const THREAD = { ...CHANNEL, thread: 'P1', message: 'P2' };

  async function withPrompt() {
    const bench = await InboxBench.open();
    await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }));
    const prompt = (): Prompt => {
      const [only, ...others] = bench.bench.api.listPrompts(5);
      if (only === undefined || others.length > 0) throw new Error('there is not one prompt');
      return only;
    };
    const send = (files: Record<string, string>, user = ANA) =>
      bench.upload('', files, { where: THREAD, user });
    const inputs = () => prompt().inputs.map(({ role, originalName }) => `${role} ${originalName}`);
    return { bench, prompt, send, inputs };
  }

  it('become its inputs, by whoever may, and its card shows them', async () => {
    const { bench, send, inputs, prompt } = await withPrompt();
    const run = bench.bench.run(prompt());
    await bench.say(send({ 'street_depth.mp4': factVideo({}, 'depth') }, BEN));
    await bench.chat.pass(60_000);
    expect(inputs()).toEqual(['color street.mp4', 'depth street_depth.mp4']);
    const [card] = bench.messages.filter(({ key }) => key.startsWith('prompt:'));
    expect(card && textOf(card)).toContain('street_depth.mp4');
    const [answer] = bench.messages.filter(({ key }) => key.startsWith('answer:'));
    expect(answer?.where.thread).toBe('P1');
    expect(answer && textOf(answer)).toContain('added');
    expect(bench.bench.reload(run.id).inputs.map(({ role }) => role)).toEqual(['color']);
    await expect.poll(async () => await bench.bench.incoming(), LOOKS).toEqual([]);
  });

  it('are for the prompt of a run in the thread of that run', async () => {
    const { bench, prompt, inputs } = await withPrompt();
    await bench.say(bench.command(`inference ${prompt().id}`));
    const [root] = bench.messages.filter(({ key }) => key.startsWith('thread:'));
    const where = { ...CHANNEL, thread: root?.id ?? '', message: 'P9' };
    await bench.say(bench.upload('', { 'street_seg.mp4': factVideo({}, 'seg') }, { where }));
    expect(inputs()).toEqual(['color street.mp4', 'seg street_seg.mp4']);
  });

  it('are asked about where their role is taken, and the answer decides; nothing is lost', async () => {
    const { bench, prompt, send, inputs } = await withPrompt();
    await bench.say(
      send({ 'street.mp4': factVideo({ frames: 60 }, 'new'), 'street_depth.mp4': factVideo({}, 'd') }),
    );
    expect(inputs()).toEqual(['color street.mp4', 'depth street_depth.mp4']);
    const asked = bench.messages.find(({ key }) => key.startsWith('answer:'));
    expect(asked && textOf(asked)).toMatch(/color now.*120 frames.*sent.*60 frames/);
    const [use, roles] = asked?.card.actions ?? [];
    expect(roles).toMatchObject({ verb: 'roles', target: prompt().id, label: 'Roles' });
    const click = (dedupeKey: string): Inbound => {
      const { text: _text, ...base } = bench.command('') as Extract<Inbound, { kind: 'command' }>;
      return {
        ...base,
        ...{ dedupeKey, kind: 'click', verb: 'roles', target: prompt().id, arguments: use?.arguments ?? [] },
      };
    };
    // It has fewer frames than the depth video: it can only take the place once that is gone.
    await bench.say(click('C1'));
    expect(bench.messages.at(-1)?.card.mark).toBe('warning');
    expect(inputs()).toEqual(['color street.mp4', 'depth street_depth.mp4']);
    await bench.say(send({ 'depth.mp4': factVideo({ frames: 60 }, 'new depth') }));
    const offers = bench.bench.api.offeredFiles(prompt());
    expect(offers.map(({ originalName }) => originalName).toSorted()).toEqual(['depth.mp4', 'street.mp4']);
    const depth = offers.find(({ originalName }) => originalName === 'depth.mp4');
    await bench.say(
      bench.command(`roles ${prompt().id} ${use?.arguments?.[0]} ${depth?.asset.sha256.slice(0, 12)}=depth`),
    );
    expect(prompt().inputs.map(({ asset: { facts } }) => facts.kind === 'video' && facts.frames)).toEqual([
      60, 60,
    ]);
    expect(bench.bench.api.offeredFiles(prompt()).map(({ originalName }) => originalName)).toEqual([
      'street.mp4',
      'street_depth.mp4',
    ]);
    // The same button again: it is that already.
    await bench.say(click('C2'));
    expect(inputs()).toEqual(['color street.mp4', 'depth depth.mp4']);
  });

  it('are a first, a second and a third picture where they come together with a sound', async () => {
    const bench = await InboxBench.open();
    const files = { 'hat.png': factImage('hat'), 'voice.wav': factAudio(), 'anna.png': factImage('anna') };
    await bench.say(bench.upload('She speaks', { ...files, 'ben.png': factImage('ben') }));
    const [prompt] = bench.bench.api.listPrompts(5);
    expect(prompt?.inputs.map(({ role, originalName }) => `${role} ${originalName}`)).toEqual([
      'audio voice.wav',
      'image hat.png',
      'image2 anna.png',
      'image3 ben.png',
    ]);
    await bench.say(bench.command(`roles ${prompt?.id} anna.png=image hat.png=image2`));
    expect(bench.bench.api.listPrompts(5)[0]?.inputs.map(({ originalName }) => originalName)).toEqual([
      'voice.wav',
      'anna.png',
      'hat.png',
      'ben.png',
    ]);
  });

  it('can stand beside a picture that the prompt has: a button says as which', async () => {
    const { bench, prompt, send, inputs } = await withPrompt();
    await bench.say(send({ 'anna.png': factImage('anna') }));
    await bench.say(send({ 'ben.png': factImage('ben') }));
    expect(inputs()).toEqual(['color street.mp4', 'image anna.png']);
    const asked = bench.messages.findLast(({ key }) => key.startsWith('answer:'));
    const add = asked?.card.actions.find(({ label }) => label === 'Add ben.png as image2');
    await bench.say(bench.command(`roles ${prompt().id} ${add?.arguments?.[0]}`));
    expect(inputs()).toEqual(['color street.mp4', 'image anna.png', 'image2 ben.png']);
  });

  it('change nothing where the prompt has them already', async () => {
    const { bench, prompt, send, inputs } = await withPrompt();
    await bench.say(send({ 'again.mp4': factVideo() }));
    expect(inputs()).toEqual(['color street.mp4']);
    expect(bench.bench.api.offeredFiles(prompt())).toEqual([]);
    expect(textOf(bench.messages.at(-1) as never)).toContain('has this file already');
  });

  it('are all left out where one does not fit, and it is said which', async () => {
    const { bench, send, inputs } = await withPrompt();
    await bench.say(
      send({ 'street_depth.mp4': factVideo({ frames: 7 }, 'd'), 'street_seg.mp4': factVideo({}, 's') }),
    );
    await bench.say(send({ 'notes.mp4': 'no video' }));
    expect(inputs()).toEqual(['color street.mp4']);
    const answers = bench.messages.filter(({ key }) => key.startsWith('answer:'));
    expect(answers.map(({ card: { mark } }) => mark)).toEqual(['warning', 'warning']);
  });

  it('are refused from whoever may make no prompts', async () => {
    const config =
      '[access]\ndefault = "operator"\n[[access.rules]]\nrole = "viewer"\ngroups = ["G_guests"]\n';
    const bench = await InboxBench.open({ config });
    await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }));
    const files = { 'street_depth.mp4': factVideo({}, 'd') };
    await bench.say(bench.upload('', files, { where: THREAD, user: BEN }));
    expect(bench.bench.api.listPrompts(5)).toMatchObject([{ inputs: [{ role: 'color' }] }]);
    expect(textOf(bench.messages.at(-1) as never)).toContain('operator');
  });

  it('make a prompt of their own where the one of the thread is discarded', async () => {
    const { bench, prompt } = await withPrompt();
    const before = prompt();
    bench.bench.api.discardPrompt(bench.bench.actor(), before);
    const event = bench.upload('Another street', { 'other.mp4': factVideo({}, 'other') }, { where: THREAD });
    await bench.say(event);
    expect(prompt()).toMatchObject({ text: 'Another street' });
    expect(prompt().id).not.toBe(before.id);
  });

  it('are added once and asked about once, whenever the bot is killed and however often they are delivered', async () => {
    const { bench, prompt, send, inputs } = await withPrompt();
    const { inbox, deliveries } = bench.bench.store;
    const event = send({ 'new.mp4': factVideo({}, 'new'), 'street_depth.mp4': factVideo({}, 'd') });
    const complete = inbox.complete.bind(inbox);
    let kills = 0;
    inbox.complete = () => {
      kills += 1;
      throw new Error('killed');
    };
    await bench.chat.chat.deliver(event);
    bench.worker.start();
    await expect.poll(() => kills, LOOKS).toBeGreaterThan(0);
    expect(inputs()).toEqual(['color street.mp4']);
    inbox.complete = complete;
    await bench.restart();
    await bench.settle();
    await bench.restart();
    await bench.say(event);
    await bench.chat.pass(60_000);
    expect(inputs()).toEqual(['color street.mp4', 'depth street_depth.mp4']);
    expect(bench.bench.api.offeredFiles(prompt())).toHaveLength(1);
    expect(bench.messages.filter(({ key }) => key.startsWith('answer:'))).toHaveLength(1);
    expect(deliveries.open()).toEqual([]);
    await expect.poll(async () => await bench.bench.incoming(), LOOKS).toEqual([]);
  });
});

describe('an event that is interrupted', () => {
  it.each(['inference', 'retry', 'upload'] as const)(
    'has its effect once when the bot is killed before its end is stored: %s',
    async (what) => {
      const bench = await InboxBench.open();
      const event = await prepared(bench, what);
      const { inbox } = bench.bench.store;
      const complete = inbox.complete.bind(inbox);
      let kills = 0;
      inbox.complete = () => {
        kills += 1;
        throw new CosmosError('store.busy');
      };
      await bench.chat.chat.deliver(event);
      bench.worker.start();
      await expect.poll(() => kills, LOOKS).toBeGreaterThan(0);
      inbox.complete = complete;
      await bench.restart();
      bench.chat.clock.advance(60 * 60_000);
      await bench.settle();
      await bench.chat.pass(0);
      expect(bench.bench.api.countRuns({})).toBe(what === 'retry' ? 2 : what === 'inference' ? 1 : 0);
      expect(bench.bench.api.countPrompts()).toBe(1);
      // It was done: nobody is told that it was too late.
      expect(bench.messages.filter(({ key }) => key.startsWith('answer:'))).toEqual([]);
    },
  );

  it('has no effect without its end: a cancel that is not stored as done is not done', async () => {
    const bench = await InboxBench.open();
    const run = bench.bench.run(await bench.bench.prompt());
    const { inbox } = bench.bench.store;
    const complete = inbox.complete.bind(inbox);
    let kills = 0;
    inbox.complete = () => {
      kills += 1;
      throw new CosmosError('store.busy');
    };
    await bench.chat.chat.deliver(bench.command(`cancel ${run.id}`));
    bench.worker.start();
    await expect.poll(() => kills, LOOKS).toBeGreaterThan(0);
    expect(bench.bench.reload(run.id).state).toBe('queued');
    inbox.complete = complete;
    await bench.restart();
    await bench.settle();
    expect(bench.bench.reload(run.id).state).toBe('cancelled');
  });

  it('opens its thread once, whatever was lost in between', async () => {
    const bench = await InboxBench.open();
    const prompt = await bench.bench.prompt();
    bench.chat.chat.fail('openThread', 'unanswered');
    await bench.chat.chat.deliver(bench.command(`inference ${prompt.id}`));
    bench.worker.start();
    await expect.poll(() => bench.chat.chat.calls, LOOKS).toContain('openThread');
    await bench.restart();
    await bench.settle();
    expect(bench.messages.filter(({ key }) => key.startsWith('thread:'))).toHaveLength(1);
    expect(bench.bench.api.countRuns({})).toBe(1);
  });

  it('stays in the inbox while the bot stops, and is done after the next start', async () => {
    const bench = await InboxBench.open();
    const looked = Promise.withResolvers<void>();
    bench.bench.media.hold = looked.promise;
    await bench.chat.chat.deliver(bench.upload('A street', { 'street.mp4': factVideo() }));
    bench.worker.start();
    await expect.poll(() => bench.bench.media.probed, LOOKS).toHaveLength(1);
    const stopped = bench.worker.stop();
    looked.resolve();
    await stopped;
    expect(bench.bench.api.listPrompts(5)).toEqual([]);
    await bench.restart();
    await bench.settle();
    expect(bench.bench.api.listPrompts(5)).toHaveLength(1);
  });
});

describe('an event that fails', () => {
  it('is tried again where the infrastructure failed, and holds up nothing behind it', async () => {
    const bench = await InboxBench.open();
    const bad = bench.upload('A street', { 'street.mp4': factVideo() });
    bench.chat.chat.fail('download', UNAVAILABLE);
    await bench.chat.chat.deliver(bad);
    await bench.chat.chat.deliver(bench.command('status'));
    bench.worker.start();
    await expect.poll(() => bench.bench.store.inbox.open(FAKE), LOOKS).toEqual([bad]);
    bench.chat.clock.advance(1_000);
    await bench.say(bad);
    expect(bench.bench.api.listPrompts(5)).toHaveLength(1);
  });

  it('is answered where nothing would be mended by trying again', async () => {
    const bench = await InboxBench.open();
    bench.chat.chat.fail('download', new CosmosError('store.disk_full', { file: 'data' }));
    await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }));
    expect(bench.messages[0] && textOf(bench.messages[0])).toContain('is full');
  });

  it('is answered even where it is a defect of the bot', async () => {
    const bench = await InboxBench.open();
    bench.bench.store.prompts.search = () => {
      throw new TypeError('undefined is not a function');
    };
    await bench.say(bench.command('search street'));
    await bench.say(bench.command('status'));
    expect(bench.messages).toHaveLength(2);
  });

  it('is kept while not even its answer can be stored', async () => {
    const bench = await InboxBench.open();
    const { deliveries } = bench.bench.store;
    const ensure = deliveries.ensure.bind(deliveries);
    let tries = 0;
    deliveries.ensure = () => {
      tries += 1;
      throw new CosmosError('store.disk_full');
    };
    const event = bench.command('status');
    await bench.chat.chat.deliver(event);
    bench.worker.start();
    await expect.poll(() => tries, LOOKS).toBe(2);
    expect(bench.bench.store.inbox.open(FAKE)).toEqual([event]);
    deliveries.ensure = ensure;
    bench.chat.clock.advance(1_000);
    await bench.say(event);
    expect(bench.messages).toHaveLength(1);
  });

  it('does not end the loop when the inbox cannot be read', async () => {
    const bench = await InboxBench.open();
    const { inbox } = bench.bench.store;
    const open = inbox.open.bind(inbox);
    let reads = 0;
    inbox.open = (platform) => {
      reads += 1;
      if (reads === 1) throw new CosmosError('store.failed');
      return open(platform);
    };
    bench.worker.start();
    await expect.poll(() => reads, LOOKS).toBe(1);
    await bench.say(bench.command('status'));
    expect(bench.messages).toHaveLength(1);
  });
});

describe('several at a time', () => {
  it('a slow upload of one person holds up neither others nor other threads', async () => {
    const bench = await InboxBench.open();
    bench.chat.chat.fail('download', 'slow');
    const slow = bench.upload('A street', { 'street.mp4': factVideo() });
    await bench.chat.chat.deliver(slow);
    bench.worker.start();
    await expect.poll(() => bench.chat.chat.waiting, LOOKS).toBe(1);
    await bench.chat.chat.deliver(bench.command('status', { user: BEN }));
    await bench.chat.chat.deliver(bench.command('status', { where: { ...CHANNEL, thread: 'T1' } }));
    await expect.poll(() => bench.bench.store.inbox.open(FAKE), LOOKS).toEqual([slow]);
    bench.chat.chat.release();
    await bench.settle();
    expect(bench.bench.api.listPrompts(5)).toHaveLength(1);
  });

  it('what one person says in one place is done in order', async () => {
    const bench = await InboxBench.open();
    bench.chat.chat.fail('download', 'slow');
    await bench.chat.chat.deliver(bench.upload('A harbour at dawn', { 'street.mp4': factVideo() }));
    await bench.chat.chat.deliver(bench.command('inference harbour_dawn'));
    bench.worker.start();
    await expect.poll(() => bench.chat.chat.waiting, LOOKS).toBe(1);
    bench.chat.chat.release();
    await bench.settle();
    expect(bench.bench.api.countRuns({})).toBe(1);
  });

  it('a burst of 200 commands is answered completely', { timeout: 30_000 }, async () => {
    const bench = await InboxBench.open();
    const events = Array.from({ length: 200 }, (_each, index) =>
      bench.command('help', {
        where: { ...CHANNEL, thread: `T${index % 7}` },
        user: { ...ANA, id: `U${index % 5}` },
      }),
    );
    await Promise.all(events.map(async (event) => await bench.chat.chat.deliver(event)));
    await bench.settle();
    await bench.chat.pass(1_000);
    expect(bench.messages).toHaveLength(200);
  });
});

describe('who may do what', () => {
  const config = '[access]\ndefault = "viewer"\n[[access.rules]]\nrole = "operator"\nusers = ["U_ana"]\n';

  it('is checked for commands, clicks, forms and uploads alike', async () => {
    const bench = await InboxBench.open({ config });
    const prompt = await bench.bench.prompt();
    const { dedupeKey: _key, ...base } = bench.command('', { user: BEN });
    await bench.say(bench.command(`inference ${prompt.id}`, { user: BEN }));
    await bench.say({
      ...base,
      dedupeKey: 'C1',
      kind: 'click',
      verb: 'inference',
      target: prompt.id,
      arguments: [],
    });
    await bench.say({ ...base, dedupeKey: 'C2', kind: 'form', words: ['inference', prompt.id] });
    await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }, { user: BEN }));
    await bench.say(bench.command('queue pause', { user: BEN }));
    expect(bench.bench.api.countRuns({})).toBe(0);
    expect(bench.bench.api.countPrompts()).toBe(1);
    expect(bench.messages.every((message) => textOf(message).includes('You may not'))).toBe(true);
    expect(bench.messages).toHaveLength(5);
    expect(bench.chat.chat.calls).not.toContain('download');
  });

  it('is checked with the groups that the platform knows when the event is handled', async () => {
    const guests =
      '[access]\ndefault = "viewer"\n[[access.rules]]\nrole = "operator"\ngroups = ["G_staff"]\n';
    const bench = await InboxBench.open({ config: guests });
    const prompt = await bench.bench.prompt();
    await bench.say(bench.command(`inference ${prompt.id}`));
    expect(bench.bench.api.countRuns({})).toBe(0);
    bench.chat.chat.groups.set(ANA.id, ['G_staff']);
    bench.chat.chat.fail('person', UNAVAILABLE);
    const later = bench.command(`inference ${prompt.id}`);
    expect(await bench.chat.chat.deliver(later)).toBe(true);
    const asked = (): number => bench.chat.chat.calls.filter((call) => call === 'person').length;
    await expect.poll(asked, LOOKS).toBe(2);
    expect(bench.bench.api.countRuns({})).toBe(0);
    bench.chat.clock.advance(1_000);
    await bench.say(later);
    expect(bench.bench.api.countRuns({})).toBe(1);
  });

  it('names the very thing that somebody may not do', async () => {
    const bench = await InboxBench.open({ config });
    const prompt = await bench.bench.prompt();
    await bench.say(bench.command('queue pause'));
    await bench.say(bench.command(`inference ${prompt.id} --priority 3`));
    const [pause, priority] = bench.messages.map(textOf);
    expect(pause).toContain('queue pause');
    expect(priority).toContain('inference --priority 3');
    expect(bench.bench.api.queue().paused).toBeUndefined();
    expect(bench.bench.api.countRuns({})).toBe(0);
  });

  it('leaves the runs of others to admins', async () => {
    const bench = await InboxBench.open();
    const run = bench.bench.run(await bench.bench.prompt());
    await bench.say(bench.command(`cancel ${run.id}`, { user: BEN }));
    expect(bench.bench.reload(run.id).state).toBe('queued');
    expect(bench.messages[0] && textOf(bench.messages[0])).toContain('on a run of');
  });

  it('gives links to files to those alone who may look', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'link-secret'), 'a secret of more than enough characters');
    const web = `[web]\nport = 8080\npublic_url = "https://cosmos.example.com"\nlink_secret = { file = "link-secret" }\n`;
    const rules = '[access]\ndefault = "none"\n[[access.rules]]\nrole = "viewer"\nusers = ["U_ana"]\n';
    const bench = await InboxBench.open({ directory, config: `${web}${rules}` });
    bench.bench.run(await bench.bench.prompt());
    bench.bench.claim();
    const run = await bench.bench.end();
    await bench.say(bench.command(`show ${run.id}`));
    await bench.say(bench.command(`show ${run.id}`, { user: BEN }));
    const [ana = '', ben = ''] = bench.messages.map(textOf);
    expect(ana).toContain('https://cosmos.example.com/files/');
    expect(ben).toContain('You may not');
    expect(ben).not.toContain('cosmos.example.com');
  });

  it('leaves to viewers what changes nothing', async () => {
    const bench = await InboxBench.open({ config });
    for (const words of ['status', 'queue', 'list prompts', 'models', 'help']) {
      await bench.say(bench.command(words, { user: BEN }));
    }
    expect(bench.messages.some((message) => textOf(message).includes('You may not'))).toBe(false);
  });
});

describe('a command that comes late', () => {
  it('is answered and not executed; an upload is not too late', async () => {
    const bench = await InboxBench.open();
    const run = bench.bench.run(await bench.bench.prompt());
    const late = bench.chat.clock.now() - 60 * 60_000;
    await bench.say(bench.command(`cancel ${run.id}`, { at: late }));
    await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }, { at: late }));
    expect(bench.bench.reload(run.id).state).toBe('queued');
    expect(bench.messages[0] && textOf(bench.messages[0])).toContain('late, so I did nothing');
    expect(bench.bench.api.countPrompts()).toBe(2);
  });

  it('is executed when its time is in the future: clocks differ', async () => {
    const bench = await InboxBench.open();
    const run = bench.bench.run(await bench.bench.prompt());
    await bench.say(bench.command(`cancel ${run.id}`, { at: bench.chat.clock.now() + 60_000 }));
    expect(bench.bench.reload(run.id).state).toBe('cancelled');
  });
});

describe('uploads', () => {
  it('are told all their problems at once, in the thread of the upload', async () => {
    const bench = await InboxBench.open();
    const files = { 'large.mp4': factVideo({}, 'x'.repeat(20_000)), 'good.mp4': factVideo() };
    await bench.say(bench.upload('', files));
    const [answer] = bench.messages;
    expect(answer?.where.thread).toBe('P1');
    expect(answer && textOf(answer)).toMatch(/large\.mp4.*text is empty/);
    expect(bench.bench.api.listPrompts(5)).toEqual([]);
  });

  it('leave no temporary files, whether they are taken or refused', async () => {
    const bench = await InboxBench.open();
    await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }));
    await bench.say(
      bench.upload('A street', { 'notes.mp4': 'no video', 'street.mp4': factVideo({}, 'other') }),
    );
    expect(await readdir(bench.bench.bot.parts.data.incoming)).toEqual([]);
    expect(await readdir(join(bench.bench.bot.parts.data.root, 'assets'))).toHaveLength(1);
  });

  it.each([
    'say "hello" \'there\'\nin two lines',
    '$(rm -rf /) `id` ; | & > <',
    '🌧️ a rainy street 👩‍👩‍👧‍👦',
    'شارع ممطر \u202Eليلا',
    '-- --name x',
  ])('keep their text as it is: %j', async (text) => {
    const bench = await InboxBench.open();
    await bench.say(bench.upload(text, { 'street.mp4': factVideo() }));
    expect(bench.bench.api.listPrompts(1)[0]?.text).toBe(text);
  });

  it('with a NUL in their text are refused with words', async () => {
    const bench = await InboxBench.open();
    await bench.say(bench.upload('a\0b', { 'street.mp4': factVideo() }));
    expect(bench.messages[0] && textOf(bench.messages[0])).toContain('NUL');
  });

  it('into a thread that has a prompt make another one there', async () => {
    const bench = await InboxBench.open();
    const where = { ...CHANNEL, thread: 'T1' };
    await bench.say(bench.upload('A street', { 'street.mp4': factVideo() }, { where }));
    await bench.say(bench.upload('A harbour', { 'harbour.mp4': factVideo({}, 'other') }, { where }));
    expect(bench.messages.map(({ where: { thread } }) => thread)).toEqual(['T1', 'T1']);
  });
});

async function prepared(bench: InboxBench, what: 'inference' | 'retry' | 'upload'): Promise<Inbound> {
  if (what === 'upload') return bench.upload('A street', { 'street.mp4': factVideo() });
  const prompt = await bench.bench.prompt();
  if (what === 'inference') return bench.command(`inference ${prompt.id}`);
  const run = bench.bench.run(prompt);
  bench.bench.claim();
  await bench.bench.end('failed');
  return bench.command(`retry ${run.id}`);
}
