import type { FileHandle } from 'node:fs/promises';
import { mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { CosmosError } from '../errors.ts';
import type {
  MediaFacts,
  MediaLimits,
  MediaWorker,
  OnProgress,
  ReducePlan,
  SequenceFrame,
  SequencePlan,
  SheetCell,
  SoundPlan,
} from '../ports/media.ts';
import { frameProblem } from './frame-problem.ts';
import { mediaToolCommand } from './media-tool-command.ts';
import { openRegularFile } from './open-regular-file.ts';
import { PROXY_MARGIN, proxyPlans } from './proxy-plan.ts';
import { type Inspection, runInspection } from './run-inspection.ts';
import { cellWidth, type PlannedCell } from './sheet-plan.ts';
import { Slots } from './slots.ts';
import type { CallBounds, InspectRequest } from './tool/answer.ts';
import { pieceLength } from './tool/read-pieces.ts';

export interface ChildMediaWorkerOptions {
  /** The Node that runs the tool; default: the one that runs the bot. */
  readonly node?: string;
  /** For each call, ms; default 120,000: ten minutes of 1080p decode in about half of it on two cores. */
  readonly deadlineMs?: number;
  /** For each try at a proxy, which decodes and encodes a whole video, ms; default 900,000. */
  readonly proxyDeadlineMs?: number;
  /** Resident memory of each call; default 1024, of which an empty call takes about 110. */
  readonly maxMemoryMb?: number;
  /** Calls at a time; further ones wait. Default 2. */
  readonly maxCalls?: number;
  /** Another program in the tool's place, for tests. */
  readonly toolCommand?: readonly [string, ...string[]];
}

/** Posters are made of files that were probed before; this only keeps nonsense out. */
const LARGEST_POSTER_SOURCE = Number.MAX_SAFE_INTEGER;

/** Proxies are made of results that were verified before; this only keeps nonsense out. */
const PROXY_SOURCE: MediaLimits = {
  maxBytes: Number.MAX_SAFE_INTEGER,
  maxDurationMs: 24 * 3_600_000,
  maxPixels: 16_384 * 16_384,
};

/** A process of its own for every call: nothing that a file does to FFmpeg can outlive the call or reach the bot. */
export class ChildMediaWorker implements MediaWorker {
  readonly #command: readonly [string, ...string[]];
  readonly #bounds: CallBounds;
  readonly #slots: Slots;
  /** One at a time, beside the other calls: it takes long, and all processors. */
  readonly #proxySlots = new Slots(1);
  readonly #proxyDeadlineMs: number;

  constructor(options: ChildMediaWorkerOptions = {}) {
    this.#command = options.toolCommand ?? mediaToolCommand(options.node ?? process.execPath);
    this.#bounds = { deadlineMs: options.deadlineMs ?? 120_000, maxMemoryMb: options.maxMemoryMb ?? 1024 };
    this.#proxyDeadlineMs = options.proxyDeadlineMs ?? 900_000;
    this.#slots = new Slots(options.maxCalls ?? 2);
  }

  async probe(path: string, limits: MediaLimits, signal?: AbortSignal): Promise<MediaFacts> {
    return await this.#inspect('probe', path, limits, signal);
  }

  async verify(path: string, limits: MediaLimits, signal?: AbortSignal): Promise<MediaFacts> {
    return await this.#inspect('verify', path, limits, signal);
  }

  /** `to` appears whole or not at all. */
  async poster(path: string, to: string, width: number, signal?: AbortSignal): Promise<void> {
    await using source = await openRegularFile(path, LARGEST_POSTER_SOURCE);
    await using again = await openRegularFile(path, LARGEST_POSTER_SOURCE);
    // A folder of its own for each call: another process may make the same poster at the same time.
    const unfinished = await mkdtemp(`${to}.`);
    const partial = join(unfinished, 'picture');
    try {
      await using picture = await open(partial, 'w');
      await this.#run({ call: 'poster', width, bounds: this.#bounds }, [source, picture, again], signal);
      await rename(partial, to);
    } finally {
      // Why there is no poster matters more than that a folder is left.
      await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /** `to` appears whole or not at all. */
  async contactSheet(
    cells: readonly SheetCell[],
    columns: number,
    to: string,
    signal?: AbortSignal,
  ): Promise<void> {
    await using opened = new AsyncDisposableStack();
    const pictures: FileHandle[] = [];
    const planned: PlannedCell[] = [];
    for (const { picture, ...words } of cells) {
      if (picture === undefined) {
        planned.push(words);
        continue;
      }
      planned.push({ ...words, picture: pictures.length });
      pictures.push(opened.use(await openRegularFile(picture, LARGEST_POSTER_SOURCE)));
    }
    const plan = { cells: planned, columns, width: cellWidth(columns) };
    const unfinished = await mkdtemp(`${to}.`);
    const partial = join(unfinished, 'sheet');
    try {
      await using sheet = await open(partial, 'w');
      await this.#run({ call: 'contact-sheet', plan, bounds: this.#bounds }, [sheet, ...pictures], signal);
      await rename(partial, to);
    } finally {
      // Why there is no sheet matters more than that a folder is left.
      await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /** `to` appears whole or not at all. */
  async proxy(path: string, to: string, maxBytes: number, signal?: AbortSignal): Promise<boolean> {
    return await this.#proxySlots.hold(async () => await this.#proxy(path, to, maxBytes, signal), signal);
  }

  /** `to` appears whole or not at all. */
  async reduce(
    path: string,
    to: string,
    plan: ReducePlan,
    signal?: AbortSignal,
    onProgress?: OnProgress,
  ): Promise<void> {
    await this.#make(to, async (partial, bounds) => {
      await using source = await openRegularFile(path, PROXY_SOURCE.maxBytes);
      await this.#run({ call: 'reduce', to: partial, plan, bounds }, [source], signal, { onProgress });
    });
  }

  /** `to` appears whole or not at all. */
  async convertSound(path: string, to: string, plan: SoundPlan, signal?: AbortSignal): Promise<void> {
    await this.#make(to, async (partial, bounds) => {
      await using source = await openRegularFile(path, PROXY_SOURCE.maxBytes);
      await this.#run({ call: 'sound', to: partial, plan, bounds }, [source], signal);
    });
  }

  /** `to` appears whole or not at all. */
  async assemble(
    frames: AsyncIterable<SequenceFrame>,
    to: string,
    plan: SequencePlan,
    signal?: AbortSignal,
    onProgress?: OnProgress,
  ): Promise<void> {
    const names: string[] = [];
    const feed = inPieces(frames, names);
    await this.#make(to, async (partial, bounds) => {
      const request: InspectRequest = { call: 'assemble', to: partial, plan, bounds };
      const { frames: flaws } = await this.#run(request, [], signal, { feed, onProgress });
      if (flaws !== undefined) throw frameProblem(flaws, names);
    });
  }

  /** What `make` writes becomes `to` where it succeeds. */
  async #make(to: string, make: (partial: string, bounds: CallBounds) => Promise<void>): Promise<void> {
    const unfinished = await mkdtemp(`${to}.`);
    const partial = join(unfinished, `made${extname(to)}`);
    try {
      await make(partial, { ...this.#bounds, deadlineMs: this.#proxyDeadlineMs });
      await rename(partial, to);
    } finally {
      await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  async #proxy(path: string, to: string, maxBytes: number, signal?: AbortSignal): Promise<boolean> {
    const facts = await this.probe(path, PROXY_SOURCE, signal);
    if (facts.kind !== 'video') return false;
    const unfinished = await mkdtemp(`${to}.`);
    const partial = join(unfinished, 'proxy.mp4');
    const bounds = { ...this.#bounds, deadlineMs: this.#proxyDeadlineMs };
    try {
      for (const plan of proxyPlans(facts, maxBytes)) {
        await using source = await openRegularFile(path, PROXY_SOURCE.maxBytes);
        const request: InspectRequest = { call: 'proxy', to: partial, plan, bounds };
        await runInspection({ command: this.#command, request, files: [source.fd], signal });
        const { size } = await stat(partial);
        if (size <= maxBytes * (1 - PROXY_MARGIN)) {
          await rename(partial, to);
          return true;
        }
      }
      return false;
    } finally {
      await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  async #inspect(
    call: 'probe' | 'verify',
    path: string,
    limits: MediaLimits,
    signal?: AbortSignal,
  ): Promise<MediaFacts> {
    await using file = await openRegularFile(path, limits.maxBytes);
    const answer = await this.#run({ call, limits, bounds: this.#bounds }, [file], signal);
    if (answer.facts === undefined) throw new CosmosError('media.worker_failed', { detail: 'no answer' });
    return answer.facts;
  }

  async #run(
    request: InspectRequest,
    files: readonly FileHandle[],
    signal: AbortSignal | undefined,
    more: Pick<Inspection, 'feed' | 'onProgress'> = {},
  ) {
    const fds = files.map((file) => file.fd);
    return await this.#slots.hold(
      async () => await runInspection({ command: this.#command, request, files: fds, signal, ...more }),
      signal,
    );
  }
}

/** What the tool reads of a sequence; `names` gets what each picture is called. */
async function* inPieces(frames: AsyncIterable<SequenceFrame>, names: string[]): AsyncGenerator<Uint8Array> {
  for await (const { name, bytes } of frames) {
    names.push(name);
    yield pieceLength(bytes.length);
    yield bytes;
  }
}
