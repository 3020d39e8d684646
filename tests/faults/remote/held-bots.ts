import { pino } from 'pino';
import type { Bot } from '../../../src/bot/bot.ts';
import { openBot } from '../../../src/bot/main.ts';
import { loadConfig } from '../../../src/core/config/load-config.ts';
import { isFinished } from '../../../src/core/runs/run.ts';
import { sessionsOf } from '../../support/openssh-server.ts';
import { must } from '../../support/workbench.ts';
import type { BotMessage, BotOrder, BotRequest } from './bots.ts';
import { HeldHost, type HostHolder } from './held-host.ts';
import { OneClipMedia } from './one-clip-media.ts';
import { holdOf } from './phases.ts';

/**
 * A process with one bot for each order (its only parameter, JSON), each of which takes its one run up to its phase,
 * says so, and goes on when it is told to. It ends with its parent.
 */
const TIMES = { connectTimeoutMs: 2_000, answerTimeoutMs: 6_000, keepaliveMs: 1_000 };
const CLIP = 'clip.mp4';

const orders: readonly BotOrder[] = JSON.parse(process.argv[2] ?? '[]');
const opened = Promise.withResolvers<void>();
const released = Promise.withResolvers<void>();
const closed = Promise.withResolvers<void>();
process.on('message', (request: BotRequest) => {
  if (request === 'open') opened.resolve();
  if (request === 'release') released.resolve();
  if (request === 'close') closed.resolve();
});
process.on('disconnect', closed.resolve);

const bots = await Promise.all(orders.map(openHeld));
await closed.promise;
await Promise.all(bots.map((bot) => bot.close()));
if (process.connected) process.disconnect();

function tell(message: BotMessage): void {
  if (process.connected) process.send?.(message);
}

async function openHeld(order: BotOrder): Promise<Bot> {
  const { directory, phase, serverPid } = order;
  const hold = order.isHeld ? holdOf(phase) : undefined;
  const holder: HostHolder = {
    reached: () => tell({ kind: 'reached', phase }),
    opened: opened.promise,
    released: released.promise,
    freeze: () => {
      for (const pid of sessionsOf(serverPid)) process.kill(pid, 'SIGSTOP');
      tell({ kind: 'frozen', phase });
    },
  };
  const logger = pino(
    { level: 'info', base: null },
    { write: (line) => tell({ kind: 'log', phase, line: line.trim() }) },
  );
  const config = must(loadConfig({ environment: {}, directory }));
  const bot = must(
    await openBot(config, logger, {
      wrapHost: (host) => (hold === undefined ? host : new HeldHost(host, hold, holder).host),
      // What is in a video is not what is tried here, and looking into each takes a process.
      wrapMedia: () => new OneClipMedia(),
      sshTimes: TIMES,
    }),
  );
  const { api, store, wakeup } = bot.parts;
  const said = new Set<string>();
  const once = (message: BotMessage): void => {
    if (said.has(message.kind)) return;
    said.add(message.kind);
    tell(message);
  };
  const look = (): void => {
    const [run] = api.listRuns({ limit: 1 });
    if (run === undefined) return;
    const isInJob = run.progress?.modelStage === 'denoising';
    if (isInJob && hold !== undefined && 'on' in hold && hold.on === 'job') once({ kind: 'reached', phase });
    if (isFinished(run.state)) once({ kind: 'ended', phase });
  };
  wakeup.subscribe(look);
  if (store.prompts.count() === 0) {
    const actor = store.principals.ensure({ platform: 'fake', tenant: 'studio', user: 'U_ana', name: 'ana' });
    const files = [{ path: `${directory}/${CLIP}` }];
    const prompt = must(await api.createPrompt(actor, { text: 'A rainy street', files }));
    must(api.queueRun(actor, { prompt, parameters: { vis: 0, depth: 0, seg: 0 } }));
  }
  bot.startLanes('daemon');
  look();
  return bot;
}
