import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { DataDirectory } from '../../core/data-directory.ts';
import { toCosmosError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { MediaWorker, SheetCell } from '../../core/ports/media.ts';
import type { RunRequest } from '../../core/requests/request.ts';
import { differences } from '../../core/requests/request-plan.ts';
import type { Run, RunOutput } from '../../core/runs/run.ts';
import { ExclusiveLock } from '../../core/store/exclusive-lock.ts';
import { runLabel } from '../thread-view/run-label.ts';
import { stateWords } from '../wording/stages.ts';

/** Width of a still, pixels: sharp enough on a sheet with two columns. */
const POSTER_WIDTH = 640;
/** How often a process that is not the one to draw looks whether it may, ms. */
const LOCK_INTERVAL_MS = 200;
/** How long it waits for that, ms: one that was halted keeps the right, and two that draw do the work twice, no more. */
const LOCK_PATIENCE_MS = 60_000;
/** More pictures beside each other cannot be told apart in a chat. */
const MOST_COLUMNS = 8;

export interface ContactSheetsParts {
  readonly api: CosmosApi;
  readonly media: MediaWorker;
  readonly data: DataDirectory;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ContactSheet {
  readonly path: string;
  readonly bytes: number;
}

/** Pictures of all results of a request on one; kept, so that a restart does not make them again. */
export class ContactSheets {
  readonly #parts: ContactSheetsParts;
  readonly #stopping = new AbortController();
  readonly #underWay = new Map<string, Promise<ContactSheet | undefined>>();

  constructor(parts: ContactSheetsParts) {
    this.#parts = parts;
  }

  /** Ends what is being drawn; it is begun again when it is next asked for. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the bot stops'));
    await Promise.allSettled(this.#underWay.values());
  }

  /** The sheet of a request whose runs have ended; undefined where none can be made. */
  async of(request: RunRequest): Promise<ContactSheet | undefined> {
    const making = this.#underWay.get(request.id) ?? this.#make(request);
    this.#underWay.set(request.id, making);
    return await making.finally(() => this.#underWay.delete(request.id));
  }

  async #make(request: RunRequest): Promise<ContactSheet | undefined> {
    const { api, data, media, logger } = this.#parts;
    const path = data.contactSheet(request.id);
    const present = async (): Promise<ContactSheet | undefined> => {
      const facts = await stat(path).catch(() => undefined);
      return facts && { path, bytes: facts.size };
    };
    const earlier = await present();
    if (earlier !== undefined) return earlier;
    const runs = api.requests.wholeOf(request);
    try {
      using _right = await this.#right();
      // Another process may have made it meanwhile.
      const theirs = await present();
      if (theirs !== undefined) return theirs;
      const cells: SheetCell[] = [];
      for (const run of runs) cells.push(await this.#cell(request, run));
      await mkdir(dirname(path), { recursive: true });
      await media.contactSheet(cells, sheetColumns(request, runs), path, this.#stopping.signal);
      return { path, bytes: (await stat(path)).size };
    } catch (error) {
      // Whatever the reason: the results are posted, and the end is said without it.
      if (this.#stopping.signal.aborted) throw error;
      logger.warn({ request: request.id, err: toCosmosError(error) }, 'no contact sheet could be made');
      return undefined;
    }
  }

  /** One process draws at a time: the right is free the moment its holder ends. Undefined where it was waited for too long. */
  async #right(): Promise<ExclusiveLock | undefined> {
    const { data, clock } = this.#parts;
    const { signal } = this.#stopping;
    const until = clock.now() + LOCK_PATIENCE_MS;
    while (true) {
      signal.throwIfAborted();
      const lock = ExclusiveLock.tryAcquire(data.contactSheetLock);
      if (lock !== undefined || clock.now() >= until) return lock;
      await clock.sleep(LOCK_INTERVAL_MS, signal);
    }
  }

  async #cell({ varied }: RunRequest, run: Run): Promise<SheetCell> {
    const title = runLabel(varied, run);
    const picture = await this.#poster(run);
    if (picture !== undefined) return { title, subtitle: run.id, picture };
    return { title, subtitle: `${run.id} · ${stateWords(run.state)}` };
  }

  /** One result that shows nothing costs the sheet one picture. */
  async #poster(run: Run): Promise<string | undefined> {
    const { data, media, logger } = this.#parts;
    const output = picturedOutput(run.outputs);
    if (output === undefined) return undefined;
    const path = data.runPoster(run.id);
    try {
      if ((await stat(path).catch(() => undefined)) !== undefined) return path;
      await mkdir(dirname(path), { recursive: true });
      await media.poster(output.path, path, POSTER_WIDTH, this.#stopping.signal);
      return path;
    } catch (error) {
      if (this.#stopping.signal.aborted) throw error;
      logger.warn({ run: run.id, err: toCosmosError(error) }, 'no still of a result could be made');
      return undefined;
    }
  }
}

/** The result of a run, where one can be made a picture of. */
export function picturedOutput(outputs: readonly RunOutput[]): RunOutput | undefined {
  return outputs.find(({ purpose, kind }) => purpose === 'primary' && kind !== 'text');
}

/** All values of what changes fastest side by side, where that makes whole rows; else about as wide as high. */
export function sheetColumns({ varied }: Pick<RunRequest, 'varied'>, runs: readonly Run[]): number {
  const last = varied.length > 1 ? varied.at(-1) : undefined;
  const values = new Set(
    runs.map((run) => JSON.stringify(differences(last === undefined ? [] : [last], run))),
  );
  if (last !== undefined && values.size <= MOST_COLUMNS && runs.length % values.size === 0) {
    // Chats show a high picture small: several of the others stand in one row where there is room.
    const wholes = Array.from(
      { length: Math.floor(MOST_COLUMNS / values.size) },
      (_, index) => (index + 1) * values.size,
    );
    const fitting = wholes.filter((columns) => runs.length % columns === 0);
    return fitting.find((columns) => runs.length / columns <= columns) ?? fitting.at(-1) ?? values.size;
  }
  if (runs.length <= 3) return Math.max(1, runs.length);
  return Math.min(MOST_COLUMNS, Math.ceil(runs.length <= 8 ? runs.length / 2 : Math.sqrt(runs.length)));
}
