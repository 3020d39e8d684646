import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DataDirectory } from '../data-directory.ts';
import { type Checked, CosmosError, type Problem } from '../errors.ts';
import { fpsOf } from '../media/frame-rate.ts';
import { type PictureSize, pngSize } from '../media/png-size.ts';
import type { FrameRate, MediaLimits, MediaWorker, SequenceFrame } from '../ports/media.ts';
import type { Role } from '../prompts/prompt.ts';
import { openFolder } from './folder-source.ts';
import { frameRateOfName, USUAL_RATE } from './frames-per-second.ts';
import { type PictureChange, PictureChanges } from './picture-changes.ts';
import type { PictureLimits, PictureSource } from './picture-source.ts';
import { type Sequence, sortSequences } from './sequence-names.ts';
import { isZip, openZip } from './zip-source.ts';

/** A minute of five modalities at 60 frames per second is 18,000 pictures. */
const MOST_FILES = 50_000;
/** A 4K picture with 16 bits in each of three colours has 50 MB before it is packed. */
const LARGEST_PICTURE = 64 * 1024 ** 2;
/** Pictures hardly get smaller in an archive: what unpacks to many times its size is no sequence. */
const LARGEST_RATIO = 8;

/** How far a work on files is. */
export interface WorkProgress {
  readonly file: string;
  /** What is made of it now. */
  readonly making: Role;
  /** Of the whole, from 0 to 1. */
  readonly share: number;
}

/** What somebody says of pictures. */
export interface PictureWishes {
  /** Of the videos; what the name says, else 24, where absent. */
  readonly frameRate?: FrameRate;
  /** What the only series of pictures shows, whatever its name says. */
  readonly role?: Role;
}

export interface SequenceWishes extends PictureWishes {
  /** There is no color video yet. Default true. */
  readonly needsColor?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: WorkProgress) => void) | undefined;
}

/** A video that was made of pictures. */
export interface MadeVideo {
  readonly path: string;
  readonly name: string;
  readonly role: Role;
  /** What of the pictures it does not keep; empty where it keeps all. */
  readonly changes: readonly PictureChange[];
}

/** A video that would be made. */
export interface PlannedVideo extends Pick<MadeVideo, 'role' | 'changes'> {
  readonly pictures: number;
  /** As near as a number gets. */
  readonly fps: number;
}

/** Videos in a temporary folder, which goes when they are disposed. */
export interface MadeVideos extends AsyncDisposable {
  readonly checked: Checked<readonly MadeVideo[]>;
}

/** Makes videos of numbered pictures: one for each modality. */
export class SequenceMaker {
  readonly #data: DataDirectory;
  readonly #media: MediaWorker;
  readonly #limits: MediaLimits;

  constructor({ data, media, limits }: { data: DataDirectory; media: MediaWorker; limits: MediaLimits }) {
    this.#data = data;
    this.#media = media;
    this.#limits = limits;
  }

  /** Whether something is a folder or an archive, not one file of media. */
  async isSequence(path: string): Promise<boolean> {
    const isFolder = await stat(path).then(
      (status) => status.isDirectory(),
      () => false,
    );
    return isFolder || (await isZip(path));
  }

  /** All that is wrong with the pictures is said at once. Throws broken infrastructure. */
  async make(path: string, name: string, wishes: SequenceWishes): Promise<MadeVideos> {
    await mkdir(this.#data.incoming, { recursive: true });
    const folder = await mkdtemp(join(this.#data.incoming, 'sequence-'));
    const dispose = async (): Promise<void> => await rm(folder, { recursive: true, force: true });
    try {
      const checked = await this.#make(path, name, { ...wishes, folder });
      return { checked, [Symbol.asyncDispose]: dispose };
    } catch (error) {
      await dispose();
      const problem = inputProblem(error, name);
      return { checked: { ok: false, problems: [problem] }, [Symbol.asyncDispose]: dispose };
    }
  }

  /**
   * What `make` would make, as far as the pictures say it without being decoded; all that is wrong is said at once. Throws
   * broken infrastructure.
   */
  async look(
    path: string,
    name: string,
    wishes: SequenceWishes = {},
  ): Promise<Checked<readonly PlannedVideo[]>> {
    try {
      await using source = await openSource(path, this.#limits);
      const sorted = await this.#sort(source, name, wishes);
      if (!sorted.ok) return sorted;
      const planned: PlannedVideo[] = [];
      const problems: Problem[] = [];
      for (const { role, frames } of sorted.value.sequences) {
        const changes = new PictureChanges();
        const sizes: (PictureSize | undefined)[] = [];
        for (const frame of frames) {
          const png = await source.read(frame);
          changes.add(png);
          sizes.push(pngSize(png));
        }
        problems.push(...unlikeTheFirst(role, frames, sizes));
        planned.push({
          role,
          pictures: frames.length,
          fps: fpsOf(sorted.value.frameRate),
          changes: changes.list(),
        });
      }
      return problems.length > 0 ? withFile(problems, name) : { ok: true, value: planned };
    } catch (error) {
      return { ok: false, problems: [inputProblem(error, name)] };
    }
  }

  async #sort(source: PictureSource, name: string, wishes: SequenceWishes) {
    const { frameRate = frameRateOfName(name) ?? USUAL_RATE } = wishes;
    const sorted = sortSequences(source.paths, wishes);
    if (!sorted.ok) return withFile(sorted.problems, name);
    const sequences = sorted.value;
    const [longest] = sequences;
    const durationMs = (longest.frames.length * 1000) / fpsOf(frameRate);
    const { maxDurationMs } = this.#limits;
    if (durationMs > maxDurationMs)
      return withFile([{ code: 'input.too_long', parameters: { durationMs, maxDurationMs } }], name);
    const differing = await differingSizes(source, sequences);
    if (differing.length > 0) return withFile(differing, name);
    return { ok: true, value: { sequences, frameRate } } as const;
  }

  async #make(path: string, name: string, wishes: SequenceWishes & { readonly folder: string }) {
    const { folder, signal, onProgress } = wishes;
    await using source = await openSource(path, this.#limits);
    const sorted = await this.#sort(source, name, wishes);
    if (!sorted.ok) return sorted;
    const { sequences, frameRate } = sorted.value;
    const { maxPixels } = this.#limits;
    const problems: Problem[] = [];
    const made: MadeVideo[] = [];
    for (const [index, { role, frames }] of sequences.entries()) {
      const to = join(folder, `${role}.mp4`);
      const plan = { frameRate, frames: frames.length, maxPixels };
      const tell = (share: number): void =>
        onProgress?.({ file: name, making: role, share: (index + share) / sequences.length });
      tell(0);
      try {
        const changes = new PictureChanges();
        await this.#media.assemble(read(source, frames, changes), to, plan, signal, tell);
        made.push({ path: to, name: `${stemOf(name)}_${role}.mp4`, role, changes: changes.list() });
      } catch (error) {
        if (!(error instanceof CosmosError) || error.layer !== 'input') throw error;
        problems.push({ code: error.code, parameters: { role, ...error.parameters } });
      }
    }
    return problems.length > 0 ? withFile(problems, name) : ({ ok: true, value: made } as const);
  }
}

async function openSource(path: string, { maxBytes }: MediaLimits): Promise<PictureSource> {
  const status = await stat(path);
  const limits: PictureLimits = {
    maxFiles: MOST_FILES,
    maxFileBytes: LARGEST_PICTURE,
    maxBytes: Math.min(status.size * LARGEST_RATIO + LARGEST_PICTURE, maxBytes * LARGEST_RATIO),
  };
  return status.isDirectory() ? await openFolder(path, limits) : await openZip(path, limits);
}

async function* read(
  source: PictureSource,
  frames: readonly string[],
  changes: PictureChanges,
): AsyncGenerator<SequenceFrame> {
  for (const name of frames) {
    const bytes = await source.read(name);
    changes.add(bytes);
    yield { name, bytes };
  }
}

/** By the first picture of each modality: what differs within one is found while its video is made. */
async function differingSizes(source: PictureSource, sequences: readonly Sequence[]): Promise<Problem[]> {
  let reference: { readonly role: Role; readonly size: PictureSize } | undefined;
  const problems: Problem[] = [];
  for (const { role, frames } of sequences) {
    const size = pngSize(await source.read(frames[0]));
    if (size === undefined) continue;
    reference ??= { role, size };
    const [found, expected] = [sizeText(size), sizeText(reference.size)];
    if (found !== expected)
      problems.push({
        code: 'input.roles_differ',
        parameters: { fact: 'size', role, found, other: reference.role, expected },
      });
  }
  return problems;
}

/** Pictures that are no PNG, and those that have another size than the first one that is. */
function unlikeTheFirst(
  role: Role,
  frames: readonly string[],
  sizes: readonly (PictureSize | undefined)[],
): Problem[] {
  const first = sizes.find((size) => size !== undefined);
  const size = first && sizeText(first);
  const unreadable = frames.filter((_, index) => sizes[index] === undefined);
  const differing = frames.flatMap((frame, index) => {
    const own = sizes[index];
    return own === undefined || sizeText(own) === size ? [] : [`${basename(frame)} (${sizeText(own)})`];
  });
  if (unreadable.length + differing.length === 0) return [];
  const parameters = {
    role,
    ...(unreadable.length > 0 && { unreadable: unreadable.map((frame) => basename(frame)) }),
    ...(size !== undefined && differing.length > 0 && { differing, size }),
  };
  return [{ code: 'input.sequence_frames', parameters }];
}

function sizeText({ width, height }: PictureSize): string {
  return `${width}×${height}`;
}

function withFile(problems: readonly Problem[], file: string): Checked<never> {
  const [first = { code: 'input.sequence_none', parameters: {} } as const, ...rest] = problems.map(
    ({ code, parameters }) => ({ code, parameters: { file, ...parameters, ...inArchive(parameters, file) } }),
  );
  return { ok: false, problems: [first, ...rest] };
}

/** What is wrong with the pictures; everything else is thrown on. */
function inputProblem(error: unknown, file: string): Problem {
  if (!(error instanceof CosmosError) || error.layer !== 'input') throw error;
  const { code, parameters } = error;
  return { code, parameters: { file, ...parameters, ...inArchive(parameters, file) } };
}

/** A file within an archive is named with it. */
function inArchive({ file }: Problem['parameters'], archive: string): Problem['parameters'] {
  return typeof file === 'string' && file !== archive ? { file: `${archive}: ${file}` } : {};
}

function stemOf(name: string): string {
  return basename(name).replace(/\.zip$/i, '') || 'sequence';
}
