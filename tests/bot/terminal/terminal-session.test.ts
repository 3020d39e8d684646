import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TERMINAL } from '../../../src/bot/terminal/terminal-chat.ts';
import { TerminalSession } from '../../../src/bot/terminal/terminal-session.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { Inbound } from '../../../src/core/ports/chat.ts';
import { FakeRandom } from '../../fakes/fake-random.ts';
import { openWorkbench } from '../../support/workbench.ts';

async function open() {
  const bench = await openWorkbench();
  onTestFinished(async () => await bench.bot.close());
  const received: Inbound[] = [];
  let shown = '';
  const session = new TerminalSession({
    transcript: bench.store.transcript,
    clock: bench.clock,
    random: new FakeRandom(7),
    user: { id: 'ana', name: 'ana', groups: [] },
    directory: join(bench.directory, 'files'),
    output: {
      write: (text) => {
        shown += text;
      },
    },
    settings: { now: () => bench.clock.now(), unicode: true, color: false } as never,
  });
  await session.chat.start(async (event) => {
    received.push(event);
  });
  return { bench, session, received, shown: () => shown };
}

describe('a sitting at the terminal', () => {
  it('sends commands and videos as events of their own', async () => {
    const { bench, session, received } = await open();
    await bench.file('street.mp4');
    expect(await session.say('/cosmos status')).toBe(true);
    expect(await session.say('street.mp4 a rainy "neon street"')).toBe(true);
    expect(received).toMatchObject([
      { kind: 'command', text: '/cosmos status', user: { id: 'ana' } },
      { kind: 'upload', text: 'a rainy neon street', files: [{ id: 'street.mp4', name: 'street.mp4' }] },
    ]);
    expect(new Set(received.map(({ dedupeKey }) => dedupeKey)).size).toBe(2);
  });

  it('ends with exit or quit, and does nothing for an empty line', async () => {
    const { session, received } = await open();
    expect(await session.say('   ')).toBe(true);
    expect(await session.say('exit')).toBe(false);
    expect(await session.say(' quit ')).toBe(false);
    expect(received).toEqual([]);
  });

  it('shows what is said and what is answered', async () => {
    const { session, shown } = await open();
    await session.say('status');
    const where = { platform: TERMINAL, tenant: 'local', channel: 'terminal' };
    await session.chat.post('a', where, { mark: 'none', title: ['All is quiet'], blocks: [], actions: [] });
    expect(shown()).toMatch(/› status[\s\S]*All is quiet/);
  });

  it('says what is wrong with a line without sending it', async () => {
    const { session, received, shown } = await open();
    expect(await session.say('create prompt "open')).toBe(true);
    expect(received).toEqual([]);
    expect(shown()).toContain('never closed');
  });

  it('goes on when a line cannot be saved, and says so', async () => {
    const { session, shown } = await open();
    await session.chat.start(async () => {
      throw new CosmosError('store.busy');
    });
    expect(await session.say('status')).toBe(true);
    expect(shown()).toContain('nothing was saved');
    expect(shown().match(/› status/g)).toHaveLength(1);
  });

  it('draws again when the terminal gets another width, until it is closed', async () => {
    const { bench } = await open();
    const terminal = Object.assign(new EventEmitter(), { isTTY: true, columns: 80, rows: 24 });
    let written = '';
    const session = new TerminalSession({
      transcript: bench.store.transcript,
      clock: bench.clock,
      random: new FakeRandom(7),
      user: { id: 'ana', name: 'ana', groups: [] },
      directory: bench.directory,
      output: Object.assign(terminal, { write: (text: string) => (written += text) }),
      settings: { now: () => bench.clock.now(), unicode: true, color: false, timeZone: 'UTC' },
    });
    session.type({ prompt: '› ', text: 'status', cursor: 6 });
    written = '';
    terminal.columns = 40;
    terminal.emit('resize');
    expect(written).toContain('› status');
    session.close();
    expect(terminal.listenerCount('resize')).toBe(0);
  });

  it('shows a message again only where it has changed', async () => {
    const { session, shown } = await open();
    const where = { platform: TERMINAL, tenant: 'local', channel: 'terminal' };
    const card = (text: string) => ({ mark: 'none' as const, title: [text], blocks: [], actions: [] });
    const message = await session.chat.post('a', where, card('first'));
    await session.chat.post('b', where, card('second'));
    await session.chat.edit(message, card('third'));
    expect(shown().match(/first/g)).toHaveLength(1);
    expect(shown().match(/second/g)).toHaveLength(1);
    expect(shown().match(/third/g)).toHaveLength(1);
  });
});
