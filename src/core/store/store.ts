import { type InstanceId, newId } from '../ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { AssetStore } from './assets.ts';
import { AttemptStore } from './attempts.ts';
import { CancellationStore } from './cancellation.ts';
import { ChatConnectionStore } from './chat-connections.ts';
import { ChatFileStore } from './chat-files.ts';
import { type Connection, openDatabase } from './database.ts';
import { DeliveryStore } from './deliveries.ts';
import { EventStore } from './events.ts';
import { FreshIds } from './fresh-ids.ts';
import { HostReadingStore } from './host-readings.ts';
import { IdempotencyStore } from './idempotency.ts';
import { InboxStore } from './inbox.ts';
import { LaneStore } from './lanes.ts';
import { PrincipalStore } from './principals.ts';
import { PromptStore } from './prompts.ts';
import { RequestStore } from './requests.ts';
import { RunStore } from './runs.ts';
import { SettingStore } from './settings.ts';
import { ThreadStore } from './threads.ts';
import { TranscriptStore } from './transcript.ts';

/** Everything durable of one bot, in one SQLite file; each concern is a store of its own. */
export class Store implements Disposable {
  readonly settings: SettingStore;
  readonly principals: PrincipalStore;
  readonly assets: AssetStore;
  readonly prompts: PromptStore;
  readonly requests: RequestStore;
  readonly runs: RunStore;
  readonly attempts: AttemptStore;
  readonly cancellation: CancellationStore;
  readonly lanes: LaneStore;
  readonly hostReadings: HostReadingStore;
  readonly chatConnections: ChatConnectionStore;
  readonly threads: ThreadStore;
  readonly deliveries: DeliveryStore;
  readonly chatFiles: ChatFileStore;
  readonly inbox: InboxStore;
  readonly idempotency: IdempotencyStore;
  readonly events: EventStore;
  readonly transcript: TranscriptStore;
  readonly ids: FreshIds;
  /** Marks everything that this bot leaves on a host. */
  readonly instance: InstanceId;
  readonly #connection: Connection;

  /** Opens or creates the database; throws as `openDatabase` does. */
  constructor(path: string, { clock, random }: { clock: Clock; random: Random }) {
    const connection = openDatabase(path);
    this.#connection = connection;
    this.ids = new FreshIds(connection, random);
    this.settings = new SettingStore(connection);
    this.principals = new PrincipalStore(connection, this.ids, clock);
    this.assets = new AssetStore(connection, clock);
    this.prompts = new PromptStore(connection);
    this.requests = new RequestStore(connection);
    this.runs = new RunStore(connection);
    this.events = new EventStore(connection, clock);
    this.attempts = new AttemptStore(connection, {
      ids: this.ids,
      clock,
      events: this.events,
      settings: this.settings,
      prompts: this.prompts,
    });
    this.cancellation = new CancellationStore(connection, { clock, events: this.events });
    this.lanes = new LaneStore(connection);
    this.hostReadings = new HostReadingStore(connection);
    this.chatConnections = new ChatConnectionStore(connection);
    this.threads = new ThreadStore(connection, this.ids, clock);
    this.deliveries = new DeliveryStore(connection, this.ids, clock);
    this.chatFiles = new ChatFileStore(connection, clock);
    this.inbox = new InboxStore(connection, clock);
    this.idempotency = new IdempotencyStore(connection, clock);
    this.transcript = new TranscriptStore(connection, clock);
    this.instance = this.#ensureInstance(random);
  }

  /** One transaction over several stores. */
  write<T>(work: () => T): T {
    return this.#connection.write(work);
  }

  /** Changes whenever another process has committed. */
  version(): number {
    return this.#connection.version();
  }

  /** Another text once anything was changed, by this process or by another; undefined within a transaction. */
  changes(): string | undefined {
    return this.#connection.changes();
  }

  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #ensureInstance(random: Random): InstanceId {
    const known = this.settings.get('instance');
    if (known !== undefined) return known as InstanceId;
    return this.write(() => {
      const id = this.settings.get('instance') ?? newId('in', random);
      this.settings.set('instance', id);
      return id as InstanceId;
    });
  }
}
