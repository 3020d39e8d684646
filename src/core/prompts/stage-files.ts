import { type Checked, CosmosError, invalid, type Problem } from '../errors.ts';
import { openRegularFile } from '../media/open-regular-file.ts';
import type { HashedFile } from '../ports/hashed-file.ts';
import { seemsToBe } from '../sequences/no-archive.ts';
import type { PictureChange } from '../sequences/picture-changes.ts';
import type { PlannedVideo, SequenceWishes } from '../sequences/sequence-maker.ts';
import type { AssetFolder, StagedFile } from './asset-folder.ts';
import type { UnassignedInput } from './assign-roles.ts';
import { displayName } from './display-name.ts';
import type { Role } from './prompt.ts';

/** A file on our disk, and what is said of it. */
export interface GivenFile {
  readonly path: string;
  /** Of a file that we have downloaded ourselves: it is taken over. Every other one is copied and stays where it is. */
  readonly downloaded?: HashedFile;
  readonly name?: string;
  /** What it is; of a folder or an archive: what its only series of pictures shows. */
  readonly role?: Role;
}

interface StagedInput extends UnassignedInput {
  readonly staged: StagedFile;
}

/** Given files, or their copies, that were looked at; disposing removes what was not kept. */
export interface StagedFiles extends AsyncDisposable {
  /** What is wrong with the files, all at once. */
  readonly checked: Checked<readonly UnassignedInput[]>;
  /** Stores them; throws as `StagedFile.keep`. */
  keep(): Promise<void>;
}

/**
 * Folders and archives of numbered pictures become a video for each modality. Throws broken infrastructure, as
 * `AssetFolder.stage`.
 */
export async function stageFiles(
  folder: AssetFolder,
  files: readonly GivenFile[],
  wishes: SequenceWishes = {},
): Promise<StagedFiles> {
  await using disposables = new AsyncDisposableStack();
  const staged: StagedInput[] = [];
  const problems: Problem[] = [];
  const stage = async (file: GivenFile, changes: readonly PictureChange[] = []): Promise<void> => {
    const originalName = displayName(file.name ?? file.path);
    try {
      const ours = disposables.use(await stageFile(folder, file, originalName, wishes.signal));
      staged.push({
        ...{ staged: ours, asset: ours.asset, originalName },
        ...(file.role && { role: file.role }),
        ...(changes.length > 0 && { changes }),
      });
    } catch (error) {
      if (!(error instanceof CosmosError) || error.layer !== 'input') throw error;
      problems.push(error.toProblem());
    }
  };
  for (const file of files) {
    const name = displayName(file.name ?? file.path);
    if (!(await folder.sequences.isSequence(file.path))) {
      const other = await otherThanZip(file.path, name);
      if (other === undefined) await stage(file);
      else problems.push(other);
      continue;
    }
    await using made = await folder.sequences.make(file.path, name, {
      ...wishes,
      ...(file.role && { role: file.role }),
    });
    if (!made.checked.ok) problems.push(...made.checked.problems);
    else for (const video of made.checked.value) await stage(video, video.changes);
  }
  const [first, ...rest] = problems;
  const kept = disposables.move();
  return {
    checked: first === undefined ? { ok: true, value: staged } : { ok: false, problems: [first, ...rest] },
    keep: async () => {
      for (const file of staged) await file.staged.keep();
    },
    [Symbol.asyncDispose]: async () => await kept.disposeAsync(),
  };
}

/**
 * The videos that would be made of a folder or an archive of pictures; nothing is kept. Fails as `stageFiles`, and with
 * `input.sequence_none` {file} for a file that would be taken as it is. Throws broken infrastructure.
 */
export async function lookAtPictures(
  { sequences }: AssetFolder,
  path: string,
  wishes: SequenceWishes = {},
): Promise<Checked<readonly PlannedVideo[]>> {
  const file = displayName(path);
  if (await sequences.isSequence(path)) return await sequences.look(path, file, wishes);
  try {
    await using _there = await openRegularFile(path, Number.MAX_SAFE_INTEGER);
  } catch (error) {
    if (!(error instanceof CosmosError) || error.layer !== 'input') throw error;
    return invalid(error.code, { ...error.parameters, file });
  }
  const other = await otherThanZip(path, file);
  return { ok: false, problems: [other ?? { code: 'input.sequence_none', parameters: { file } }] };
}

/** What is wrong with a file that calls itself an archive and is none; one that cannot be read is told of by whoever stages it. */
async function otherThanZip(path: string, file: string): Promise<Problem | undefined> {
  if (!/\.zip$/i.test(file)) return undefined;
  try {
    return { code: 'input.archive_other', parameters: { file, seems: await seemsToBe(path) } };
  } catch (error) {
    if (!(error instanceof CosmosError) || error.layer !== 'input') throw error;
    return undefined;
  }
}

async function stageFile(
  folder: AssetFolder,
  { path, downloaded }: GivenFile,
  originalName: string,
  signal?: AbortSignal,
): Promise<StagedFile> {
  if (downloaded === undefined) return await folder.stage(path, originalName, signal);
  return await folder.adopt(path, downloaded, originalName, signal);
}
