import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FakeSlack } from '../../fakes/slack/fake-slack.ts';
import type { SlackChannel } from '../../fakes/slack/people/channel.ts';
import type { Person } from '../../fakes/slack/people/person.ts';
import { LAUNCHER } from '../../support/launcher.ts';
import { type Benchmark, median } from '../figure.ts';
import { ENVIRONMENT } from '../processes.ts';

const COMMANDS = 200;
const SPREAD_MS = 1_000;
const ROUNDS = 3;
const LOOK_MS = 100;

/**
 * The daemon on Slack: how long people wait for the acknowledgement when 200 of them type a command within one second,
 * each made durable before and answered after it. Slack is a fake in this process. Fails where one is lost.
 */
export const slackAcks: Benchmark = {
  name: 'slack-acks',
  measure: async (directory) => {
    const slack = await FakeSlack.start();
    try {
      const workspace = slack.addWorkspace('Studio');
      const app = slack.addApp('cosmos');
      const bot = app.install(workspace);
      const anna = slack.addPerson(workspace, 'anna');
      const renders = slack.addChannel(workspace, 'renders', [anna, bot]);
      await writeFile(
        join(directory, 'cosmos.toml'),
        `[chat.slack]\napi_url = "${slack.apiUrl}"\nbot_token = { env = "BOT" }\napp_token = { env = "APP" }\n`,
      );
      await using _daemon = await startDaemon(directory, { BOT: bot.botToken, APP: app.appToken });
      await slack.sockets.ready(app, 2);
      await burst(anna, renders, 20);
      const rounds: number[][] = [];
      for (let round = 0; round < ROUNDS; round += 1) rounds.push(await burst(anna, renders, COMMANDS));
      return [
        {
          name: `Slack: worst ack of ${COMMANDS} commands in a second`,
          unit: 'ms',
          values: rounds.map((each) => Math.max(...each)),
          goal: { kind: 'at_most', value: 500 },
        },
        {
          name: `Slack: median ack of ${COMMANDS} commands in a second`,
          unit: 'ms',
          values: rounds.map((each) => median(each)),
        },
      ];
    } finally {
      await slack.close();
    }
  },
};

/** So many commands within a second; resolves when all are answered, with how long their acknowledgements took, ms. */
async function burst(anna: Person, renders: SlackChannel, count: number): Promise<number[]> {
  const answers = (): number => renders.state.messages.filter(({ onlyFor }) => onlyFor === anna.id).length;
  const before = answers();
  const asked = Array.from({ length: count }, async (_, index) => {
    await delay((index * SPREAD_MS) / count);
    const { outcome, answer, latencyMs } = await anna.command(renders, '/cosmos', `show rs_${index}`);
    if (outcome !== 'acked' || answer !== undefined || latencyMs === undefined) {
      throw new Error(`command ${index}: ${answer?.text ?? outcome}`);
    }
    return latencyMs;
  });
  const latencies = await Promise.all(asked);
  // Looked at seldom: the daemon answers on the same two cores.
  while (answers() < before + count) await delay(LOOK_MS);
  return latencies;
}

async function startDaemon(directory: string, environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [LAUNCHER, 'start'], {
    cwd: directory,
    env: { ...ENVIRONMENT, ...environment },
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  return {
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) throw new Error(`the daemon ended with ${child.exitCode}`);
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
