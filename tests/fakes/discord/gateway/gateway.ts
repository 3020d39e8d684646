import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock, UtcMs } from '../../../../src/core/ports/clock.ts';
import type { Changes } from '../../slack/changes.ts';
import { type JsonObject, stringAt } from '../../slack/json.ts';
import type { Application } from '../application.ts';
import { LIMITS } from '../limits.ts';
import { KNOWN_INTENTS, OPCODES } from '../numbers.ts';
import type { State } from '../state.ts';
import { wholeGuildView } from '../views/guild-view.ts';
import { userView } from '../views/user-view.ts';
import { Connection, type Host } from './connection.ts';
import { forbiddenIntents, shardFault } from './identify-check.ts';
import { Session, type Wire } from './session.ts';

const DAY_MS = 86_400_000;

/** How long Discord keeps a session for a resume is not documented: an assumption. */
const RESUME_MS = 5 * 60_000;

/** What a bot hears, and how it differs between sessions. */
export interface Happening {
  readonly type: string;
  /** Undefined: this session does not hear of it. */
  readonly data: (session: Session) => JsonObject | undefined;
}

interface Plan {
  readonly what: 'duplicate' | 'lose';
  readonly type: string;
  left: number;
}

interface Parts {
  readonly clock: Clock;
  readonly changes: Changes;
  readonly state: State;
  readonly origin: string;
}

/** Discord's gateway: every session of a bot gets every dispatch that it may see. */
export class Gateway implements Host {
  readonly sessions: Session[] = [];
  /** Every IDENTIFY since the start. */
  readonly identifies: { readonly at: UtcMs; readonly app: Application; readonly intents: number }[] = [];
  /** Every RESUME since the start, with how it went. */
  readonly resumes: { readonly at: UtcMs; readonly sessionId: string; readonly resumed: boolean }[] = [];
  /** Every close code that a bot sent or caused; 1006 where a connection broke. */
  readonly closes: number[] = [];
  /** For connections from now on. */
  heartbeatMs = 41_250;
  /** Off: connections look alive and are dead. */
  answersHeartbeats = true;
  /** Off: whoever wants to resume waits for an answer. */
  answersResumes = true;
  /** On: nobody can connect. */
  down = false;
  /** On: connections break before anything is said, as where the network is away. */
  resets = false;
  /** Set: connections wait for `letIn`. */
  #waiting: (() => void)[] | undefined;
  /** How often somebody has tried to begin a session, refused tries included. */
  attempts = 0;
  /** On: a second IDENTIFY within five seconds gets INVALID_SESSION, as `max_concurrency` 1 wants. */
  enforcesConcurrency = false;
  /** A token that starts more sessions a day is reset by Discord. */
  sessionStartLimit: number = LIMITS.sessionStarts;
  readonly #parts: Parts;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #connections = new Set<Connection>();
  readonly #plans: Plan[] = [];
  readonly #refusals: number[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get url(): string {
    return this.#parts.origin.replace('http:', 'ws:');
  }

  /** The sessions of a bot (of all) that have a connection. */
  open(app?: Application): readonly Session[] {
    return this.sessions.filter((each) => each.wire && (app === undefined || each.app === app));
  }

  /** Resolves when a bot has so many sessions with a connection. */
  async ready(app: Application, count = 1): Promise<void> {
    await this.#parts.changes.until(() => this.open(app).length >= count);
  }

  /** Resolves when a bot has none any more. */
  async gone(app: Application): Promise<void> {
    await this.#parts.changes.until(() => this.open(app).length === 0);
  }

  /** For `GET /gateway/bot`. */
  sessionStarts(app: Application): { remaining: number; resetAfterMs: number } {
    const now = this.now();
    const today = this.identifies.filter((each) => each.app === app && each.at > now - DAY_MS);
    return {
      remaining: Math.max(0, this.sessionStartLimit - today.length),
      resetAfterMs: today[0] ? today[0].at + DAY_MS - now : 0,
    };
  }

  /** Breaks the connections of a bot without a word; its sessions go on. */
  cut(app: Application): void {
    for (const each of this.open(app)) each.wire?.cut();
  }

  /** Nothing that a bot says over its connections is read any more, not even a good-bye. */
  freeze(app: Application): void {
    for (const each of this.open(app)) each.wire?.freeze();
  }

  /** Whoever wants to connect from now on has to wait. */
  keepOut(): void {
    this.#waiting = [];
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting?.length ?? 0;
  }

  letIn(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const each of waiting) each();
  }

  /** Closes the connections of a bot with this code. */
  close(app: Application, code: number): void {
    for (const each of this.open(app)) each.wire?.close(code);
  }

  /** RECONNECT: please come back and resume. */
  askReconnect(app: Application): void {
    for (const each of this.open(app)) each.wire?.send({ op: OPCODES.RECONNECT, d: null });
  }

  /** INVALID_SESSION over the open connections: come back with RESUME, or with IDENTIFY. */
  invalidate(app: Application, resumable = false): void {
    const open = this.open(app);
    if (!resumable) this.forget(app);
    for (const each of open) each.wire?.send({ op: OPCODES.INVALID_SESSION, d: resumable });
  }

  /** No session of a bot can be resumed any more; its connections stay. */
  forget(app: Application): void {
    for (const each of this.sessions) if (each.app === app) each.ended = true;
  }

  /** The next sessions are not begun: the connection is closed with this code instead. */
  refuseIdentify(code: number, times = 1): void {
    this.#refusals.push(...Array.from({ length: times }, () => code));
  }

  /** The next dispatches of this type arrive twice. */
  duplicate(type: string, times = 1): void {
    this.#plans.push({ what: 'duplicate', type, left: times });
  }

  /** The next dispatches of this type arrive nowhere, also not after a resume. */
  lose(type: string, times = 1): void {
    this.#plans.push({ what: 'lose', type, left: times });
  }

  /** Tells every session that may know. Returns how many were told at once. */
  dispatch({ type, data }: Happening): number {
    const plan = this.#plans.find((each) => each.left > 0 && each.type === type);
    if (plan) plan.left -= 1;
    let told = 0;
    for (const session of this.sessions) {
      const view = session.ended && !session.wire ? undefined : data(session);
      if (view === undefined || plan?.what === 'lose') continue;
      session.dispatch(type, view);
      if (plan?.what === 'duplicate') session.dispatch(type, view);
      if (session.wire) told += 1;
    }
    this.#parts.changes.announce();
    return told;
  }

  /** An HTTP request that wants to become a socket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.resets) {
      if (socket instanceof Socket) socket.resetAndDestroy();
      else socket.destroy();
      return;
    }
    if (this.down) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    if (this.#waiting !== undefined) {
      this.#waiting.push(() => this.upgrade(request, socket, head));
      this.#parts.changes.announce();
      return;
    }
    const version = new URL(request.url ?? '/', 'http://discord').searchParams.get('v');
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      this.#connections.add(new Connection(opened, this, version));
    });
  }

  now(): UtcMs {
    return this.#parts.clock.now();
  }

  identify(wire: Wire, data: JsonObject): Session | number | 'invalid' {
    const { state, changes } = this.#parts;
    this.attempts += 1;
    const refusal = this.#refusals.shift();
    if (refusal !== undefined) return refusal;
    const app = state.applications.find((each) => each.token === stringAt(data, 'token'));
    if (!app) return 4004;
    const shard = shardFault(data['shard']);
    if (shard !== undefined) return shard;
    const intents = data['intents'];
    if (typeof intents !== 'number' || (intents & ~KNOWN_INTENTS) !== 0) return 4013;
    const last = this.identifies.findLast((each) => each.app === app);
    if (this.enforcesConcurrency && last && last.at > this.now() - 5_000) return 'invalid';
    this.identifies.push({ at: this.now(), app, intents });
    if (forbiddenIntents(app, intents)) return 4014;
    if (this.sessionStarts(app).remaining === 0) {
      app.resetToken();
      return 4004;
    }
    const session = new Session(randomBytes(16).toString('hex'), app, intents, wire);
    this.sessions.push(session);
    this.#welcome(session);
    changes.announce();
    return session;
  }

  resume(wire: Wire, data: JsonObject): Session | number | 'invalid' | undefined {
    const { state, changes } = this.#parts;
    const id = stringAt(data, 'session_id') ?? '';
    const app = state.applications.find((each) => each.token === stringAt(data, 'token'));
    if (!app) return 4004;
    const session = this.sessions.find((each) => each.id === id && each.app === app);
    const after = Number(data['seq']);
    const expired = this.now() - (session?.detachedAt ?? this.now()) > RESUME_MS;
    const resumed = this.answersResumes && session?.ended === false && !expired;
    this.resumes.push({ at: this.now(), sessionId: id, resumed });
    if (session && resumed && after <= session.sequence) session.resume(wire, after);
    changes.announce();
    if (!this.answersResumes) return undefined;
    if (!session || !resumed) return 'invalid';
    return session.wire === wire ? session : 4007;
  }

  closed(connection: Connection, code: number): void {
    this.#connections.delete(connection);
    this.closes.push(code);
    const { session } = connection;
    if (session?.wire === connection) {
      session.wire = undefined;
      session.detachedAt = this.now();
      // Discord takes these as good-bye.
      if (code === 1000 || code === 1001) session.ended = true;
    }
    this.#parts.changes.announce();
  }

  shutDown(): void {
    for (const each of this.#connections) each.cut();
    this.#server.close();
  }

  #welcome(session: Session): void {
    const { state } = this.#parts;
    const { user, id } = session.app;
    const guilds = [...state.guilds.values()].filter((each) => each.members.has(user.id));
    session.dispatch('READY', {
      v: 10,
      user: { ...userView(user), verified: true, mfa_enabled: true, email: null },
      guilds: guilds.map((each) => ({ id: each.id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: this.url,
      shard: [0, 1],
      application: { id, flags: 0 },
      _trace: [],
    });
    for (const each of guilds) session.dispatch('GUILD_CREATE', wholeGuildView(state, each, user.id));
  }
}
