import { onTestFinished } from 'vitest';
import type { App, Installation } from '../fakes/slack/app.ts';
import { FakeSlack, type FakeSlackOptions } from '../fakes/slack/fake-slack.ts';
import type { SlackChannel } from '../fakes/slack/people/channel.ts';
import type { Person } from '../fakes/slack/people/person.ts';
import type { Workspace } from '../fakes/slack/workspace.ts';

export interface Studio {
  readonly slack: FakeSlack;
  readonly workspace: Workspace;
  readonly app: App;
  readonly bot: Installation;
  readonly anna: Person;
  readonly ben: Person;
  /** A public channel with both people and the bot. */
  readonly renders: SlackChannel;
}

/** A fake Slack with one workspace, one app, two people and one channel; it ends with the test. */
export async function openStudio(options: FakeSlackOptions = {}): Promise<Studio> {
  const slack = await FakeSlack.start(options);
  onTestFinished(() => slack.close());
  const workspace = slack.addWorkspace('Studio');
  const app = slack.addApp('cosmos');
  const bot = app.install(workspace);
  const anna = slack.addPerson(workspace, 'anna');
  const ben = slack.addPerson(workspace, 'ben');
  const renders = slack.addChannel(workspace, 'renders', [anna, ben, bot]);
  return { slack, workspace, app, bot, anna, ben, renders };
}
