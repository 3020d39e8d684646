import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectionNote } from '../../../src/bot/chat/connection-note.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { Receive, TellConnection } from '../../../src/core/ports/chat.ts';
import type { ChatSurfaces } from '../../../src/core/ports/chat-surfaces.ts';
import { ExclusiveLock } from '../../../src/core/store/exclusive-lock.ts';
import { FakeChat } from '../../fakes/fake-chat.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { openWorkbench } from '../../support/workbench.ts';

const WHERE = 'chat.slack.studio';
const CONFIG = `[${WHERE}]
bot_token = { env = "SLACK_BOT_TOKEN" }
app_token = { env = "SLACK_APP_TOKEN" }
`;

type Starting = (tell: TellConnection | undefined) => Promise<void>;

class StartedAsTold extends FakeChat {
  readonly #starting: Starting;

  constructor(parts: ConstructorParameters<typeof FakeChat>[0], starting: Starting) {
    super(parts);
    this.#starting = starting;
  }

  override async start(_receive: Receive, _surfaces?: ChatSurfaces, tell?: TellConnection): Promise<void> {
    await this.#starting(tell);
  }
}

/** A bot that serves a chat as a daemon does; the chat's start ends as it is told. */
async function serve(starting: Starting) {
  const bench = await openWorkbench({ config: CONFIG });
  onTestFinished(async () => await bench.bot.close());
  const lock = ExclusiveLock.tryAcquire(bench.bot.parts.data.daemonLock);
  onTestFinished(() => lock?.release());
  const chat = new StartedAsTold({ clock: new FakeClock() }, starting);
  const shown = () =>
    bench.api.queue().chats.map(({ state, detail }) => ({ state, ...(detail && { detail }) }));
  return { bench, shown, starting: bench.bot.startChat(chat, WHERE) };
}

describe('how a chat stands', () => {
  it('is shown from the beginning of its start on, whatever the port tells', async () => {
    const going = Promise.withResolvers<void>();
    let tell: TellConnection | undefined;
    const served = await serve(async (told) => {
      tell = told;
      await going.promise;
    });
    expect(served.shown()).toEqual([{ state: 'connecting' }]);
    tell?.({ state: 'connected' });
    going.resolve();
    await served.starting;
    expect(served.shown()).toEqual([{ state: 'connected' }]);
    tell?.({ state: 'lost', detail: 'ECONNRESET' });
    expect(served.shown()).toEqual([{ state: 'lost', detail: 'ECONNRESET' }]);
  });

  it('is a refusal where its start is refused', async () => {
    const served = await serve(async () => {
      throw new CosmosError('chat.token_refused', { platform: 'Slack', detail: 'invalid_auth' });
    });
    await expect(served.starting).rejects.toMatchObject({ code: 'chat.token_refused' });
    expect(served.shown()).toEqual([{ state: 'refused', detail: 'invalid_auth' }]);
  });

  it('is nobody’s trouble where it cannot be noted, and noted when it is told again', () => {
    const set: string[] = [];
    let isBusy = true;
    const connections = {
      set: (_chat: string, { state }: { state: string }) => {
        if (isBusy) throw new CosmosError('store.busy');
        set.push(state);
      },
    };
    const logger = pino({ level: 'silent' });
    const tell = connectionNote({ where: WHERE, connections, clock: new FakeClock(), logger });
    tell({ state: 'connected' });
    isBusy = false;
    tell({ state: 'connected' });
    tell({ state: 'connected' });
    expect(set).toEqual(['connected']);
  });
});
