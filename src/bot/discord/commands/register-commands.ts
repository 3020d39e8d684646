import { createHash } from 'node:crypto';
import { type RESTPutAPIApplicationCommandsJSONBody, Routes } from 'discord.js';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { CosmosError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { SettingStore } from '../../../core/store/settings.ts';
import type { CommandTable } from '../../commands/definition.ts';
import { COMMANDS } from '../../commands/registry.ts';
import type { DiscordClient } from '../discord-client.ts';
import { toChatError, waitAskedFor } from '../discord-errors.ts';
import type { OfferedModel } from './parameter-options.ts';
import { commandDefinitions } from './slash-command.ts';

/** Between two tries where Discord does not answer, ms: the first wait, and the longest. */
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 10 * 60_000;

/** The scope of commands that are everywhere; all others are ids of guilds. */
const EVERYWHERE = 'global';

export interface RegistrationParts {
  readonly client: Pick<DiscordClient, 'get' | 'put'>;
  readonly settings: Pick<SettingStore, 'get' | 'set'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Guilds that have the commands at once, and no others; none: everywhere. */
  readonly guilds: readonly string[];
  readonly models: readonly OfferedModel[];
  readonly commands?: CommandTable;
}

/** What is registered where, by scope: the hash of the definitions. */
const recordSchema = z.record(z.string(), z.string());

interface Place {
  readonly scope: string;
  readonly commands: RESTPutAPIApplicationCommandsJSONBody;
}

const registeredSchema = z.array(z.object({ name: z.string() }));

/**
 * Registers the commands where they are not what they were registered as last time, or are gone (with a bot that was
 * thrown out and let in again), one idempotent request for each place; nothing is changed otherwise. Places that have
 * them no longer lose them: a command of both kinds would be listed twice.
 */
export class CommandRegistration {
  readonly #parts: RegistrationParts;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when everything is registered, is refused, or `signal` has aborted. A place that refuses is told in the log
   * and asked again at the next start; where Discord does not answer it is tried again. Never throws.
   */
  async register(application: string, signal: AbortSignal): Promise<void> {
    await this.#untilTaken(application, signal, () => this.#wanted(application));
  }

  /** The same for one guild that has let the bot in; those that neither shall have nor have had commands of their own are left alone. */
  async registerIn(guild: string, application: string, signal: AbortSignal): Promise<void> {
    const isMeant = ({ scope }: Place): boolean => scope === guild;
    await this.#untilTaken(application, signal, () => this.#wanted(application).filter(isMeant));
  }

  async #untilTaken(application: string, signal: AbortSignal, places: () => readonly Place[]): Promise<void> {
    const { clock, logger } = this.#parts;
    for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      const failures = await this.#once(application, signal, places());
      const passing = failures.filter(({ code }) => code === 'chat.unavailable');
      if (passing.length === 0 || signal.aborted) return;
      const asked = Math.max(0, ...passing.map(({ cause }) => waitAskedFor(cause) ?? 0));
      logger.warn({ err: passing[0], waitMs: Math.max(wait, asked) }, 'commands are not registered yet');
      await clock.sleep(Math.max(wait, asked), signal);
    }
  }

  async #once(
    application: string,
    signal: AbortSignal,
    places: readonly Place[],
  ): Promise<readonly CosmosError[]> {
    const { client, logger } = this.#parts;
    const failures: CosmosError[] = [];
    for (const { scope, commands } of places) {
      const hash = hashOf(commands);
      const route =
        scope === EVERYWHERE
          ? Routes.applicationCommands(application)
          : Routes.applicationGuildCommands(application, scope);
      const isKnown = this.#record(application)[scope] === hash;
      if (signal.aborted || (isKnown && (await this.#areThere(route, commands)))) continue;
      try {
        await client.put('lookups', route, { json: commands, signal });
        this.#keep(application, { ...this.#record(application), [scope]: hash });
        logger.info({ scope, commands: commands.length }, 'commands registered');
      } catch (error) {
        const failure = toChatError(error);
        failures.push(failure);
        if (signal.aborted || failure.code === 'chat.unavailable') continue;
        // A guild that the bot has left keeps nothing: there is nothing to take away.
        if (commands.length === 0) this.#forget(application, scope);
        else logger.error({ scope, err: failure }, 'commands could not be registered');
      }
    }
    return failures;
  }

  /** Where nobody answers they are believed to be. */
  async #areThere(route: `/${string}`, commands: RESTPutAPIApplicationCommandsJSONBody): Promise<boolean> {
    if (commands.length === 0) return true;
    try {
      const registered = registeredSchema.safeParse(await this.#parts.client.get('lookups', route));
      if (!registered.success) return true;
      const names = new Set(registered.data.map(({ name }) => name));
      return commands.every(({ name }) => names.has(name));
    } catch (error) {
      this.#parts.logger.debug({ err: toChatError(error) }, 'commands could not be looked at');
      return true;
    }
  }

  /** What each place shall have, the places that had something before included. */
  #wanted(application: string): readonly Place[] {
    const { guilds, models, commands = COMMANDS } = this.#parts;
    const scopes = guilds.length === 0 ? [EVERYWHERE] : guilds;
    const before = [EVERYWHERE, ...Object.keys(this.#record(application))];
    const emptied = [...new Set(before)].filter((scope) => !scopes.includes(scope));
    const definitions = commandDefinitions(commands, models, guilds.length === 0 ? 'global' : 'guild');
    return [
      ...scopes.map((scope) => ({ scope, commands: definitions })),
      ...emptied.map((scope) => ({ scope, commands: [] })),
    ];
  }

  #record(application: string): Readonly<Record<string, string>> {
    const stored = this.#parts.settings.get(settingOf(application));
    return stored === undefined ? {} : recordSchema.parse(JSON.parse(stored));
  }

  #forget(application: string, scope: string): void {
    const { [scope]: _, ...others } = this.#record(application);
    this.#keep(application, others);
  }

  #keep(application: string, record: Readonly<Record<string, string>>): void {
    this.#parts.settings.set(settingOf(application), JSON.stringify(record));
  }
}

function settingOf(application: string): `commands.${string}` {
  return `commands.${application}`;
}

function hashOf(commands: RESTPutAPIApplicationCommandsJSONBody): string {
  return createHash('sha256').update(JSON.stringify(commands)).digest('hex');
}
