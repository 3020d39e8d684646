import { SLACK } from '../../../src/bot/slack/platform.ts';
import type { App, Installation } from '../../fakes/slack/app.ts';
import { FakeSlack } from '../../fakes/slack/fake-slack.ts';
import type { SlackChannel } from '../../fakes/slack/people/channel.ts';
import type { Person } from '../../fakes/slack/people/person.ts';
import type { SeenMessage } from '../../fakes/slack/people/seen.ts';
import type { Workspace } from '../../fakes/slack/workspace.ts';
import type { Asking, ChatWorld, VideoState, Written } from '../chat/chat-world.ts';
import type { WorldClock } from '../chat/world-clock.ts';

/** What the events of the shipped manifest are. */
const SUBSCRIPTIONS = [
  ...(['app_home_opened', 'app_mention', 'app_uninstalled', 'tokens_revoked'] as const),
  ...(['message.channels', 'message.groups', 'message.im', 'message.mpim'] as const),
];

/** Sockets of one bot. */
const SOCKETS = 2;
const LAST_CALLS = 12;

/** A workspace of a fake Slack with one channel, somebody in it, and the app of the bot. */
export class SlackWorld implements ChatWorld {
  readonly platform = SLACK;
  readonly slack: FakeSlack;
  readonly workspace: Workspace;
  readonly app: App;
  readonly installation: Installation;
  readonly anna: Person;
  readonly channel: SlackChannel;

  private constructor(slack: FakeSlack) {
    this.slack = slack;
    this.workspace = slack.addWorkspace('Studio');
    this.app = slack.addApp('cosmos');
    this.app.subscriptions = SUBSCRIPTIONS;
    this.installation = this.app.install(this.workspace);
    this.anna = slack.addPerson(this.workspace, 'anna');
    this.channel = slack.addChannel(this.workspace, 'renders', [this.anna, this.installation]);
  }

  static async open(clock: WorldClock): Promise<SlackWorld> {
    return new SlackWorld(await FakeSlack.start({ clock }));
  }

  get config(): object {
    return { slack: { api_url: this.slack.apiUrl, bot_token: { env: 'BOT' }, app_token: { env: 'APP' } } };
  }

  get environment(): Readonly<Record<string, string>> {
    return { BOT: this.installation.botToken, APP: this.app.appToken };
  }

  async connected(): Promise<void> {
    await this.slack.sockets.ready(this.app, SOCKETS);
  }

  async gone(): Promise<void> {
    await this.until(() => this.slack.sockets.open(this.app).length === 0);
  }

  async retry(): Promise<void> {
    await this.slack.deliveries.retryNow();
  }

  async upload(path: string, text: string): Promise<void> {
    await this.anna.uploads(this.channel, [{ name: 'street.mp4', path }], { text });
  }

  async ask(how: Asking, { id, card }: { id: string; card: Written }): Promise<void> {
    const { outcome } =
      how === 'button'
        ? await this.anna.clicks(this.#seen(card), 'Run')
        : await this.anna.command(this.channel, '/cosmos', `inference ${id}`);
    if (outcome !== 'acked') throw new Error(`the ${how} was not taken: ${outcome}`);
  }

  get written(): readonly Written[] {
    return this.#messages.map(({ ts: id, words, files, controls, versions }) => {
      return { id, words, files, controls, versions: versions.map(({ text }) => text) };
    });
  }

  get pings(): readonly string[] {
    return this.anna.pings.map(({ ts, by }) => (by === 'post' ? ts : `${ts} by ${by}`));
  }

  /** A video that no message shows could still appear. */
  get complaints(): readonly string[] {
    const shown = new Set(this.#messages.flatMap(({ files }) => files.map(({ id }) => id)));
    const strays = this.#ownVideos.filter(({ id, deleted }) => !deleted && !shown.has(id));
    return [
      ...strays.map(({ id }) => `${id} is shown nowhere`),
      ...this.slack.calls.all.flatMap(({ unknownArguments }) => unknownArguments),
    ];
  }

  get videos(): readonly VideoState[] {
    return this.#ownVideos.map(({ path, completed }) =>
      completed ? 'completed' : path === undefined ? 'announced' : 'sent',
    );
  }

  get calls(): readonly string[] {
    return this.slack.calls.all.slice(-LAST_CALLS).map(({ method, outcome }) => `${method}: ${outcome}`);
  }

  async until<T>(look: () => T): Promise<Exclude<T, undefined | null | false>> {
    return await this.slack.until(look);
  }

  mend(): void {
    this.slack.injections.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.slack.close();
  }

  get #messages(): readonly SeenMessage[] {
    const roots = this.channel.timeline;
    const all = roots.flatMap((root) => [
      root,
      ...this.channel.thread(root).filter(({ ts }) => ts !== root.ts),
    ]);
    return all.filter(({ fromBot }) => fromBot);
  }

  get #ownVideos() {
    const { botUserId } = this.installation;
    return [...this.workspace.files.values()].filter(
      ({ owner, name }) => owner === botUserId && name.endsWith('.mp4'),
    );
  }

  #seen({ id }: Written): SeenMessage {
    const found = this.#messages.find(({ ts }) => ts === id);
    if (found === undefined) throw new Error(`the message ${id} is not there any more`);
    return found;
  }
}
