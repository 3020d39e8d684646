import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import type { Profile } from '../models/profile.ts';
import type { AttemptPlan, GpuFacts } from '../ports/host.ts';
import type { MediaFacts } from '../ports/media.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';
import { systemCode } from '../system-code.ts';
import type { Run } from './run.ts';

/** What an attempt got, beside its inputs' content: secrets by name alone. */
export type SentJob = Pick<
  AttemptPlan,
  'attempt' | 'files' | 'inputs' | 'argv' | 'environment' | 'workingDirectory' | 'container' | 'gpus'
> & { readonly secretVariables: readonly string[] };

/** The machine that has made a result, as far as it has told. */
export interface BundleMachine {
  readonly host: string;
  readonly lane: string;
  /** `digest` names the content of the image, whatever its name means now. */
  readonly image?: { readonly name: string; readonly digest?: string };
  readonly gpus: readonly Pick<GpuFacts, 'index' | 'name' | 'uuid' | 'driver' | 'memoryTotalBytes'>[];
}

export interface BundleFile {
  readonly sha256: string;
  readonly bytes: number;
  readonly facts?: MediaFacts;
}

/** Everything that made a result, beside its outputs: what is needed to make it again and to say what differs. */
export interface Bundle {
  readonly format: 1;
  /** Version of the bot. */
  readonly version: string;
  readonly run: Pick<
    Run,
    'id' | 'promptId' | 'promptName' | 'text' | 'negativeText' | 'parameters' | 'parent'
  >;
  readonly profileHash: string;
  readonly profile: Profile;
  /** As they were given; `sent` has them as the model saw them. */
  readonly inputs: readonly (BundleFile & { readonly role: string; readonly name: string })[];
  /** Absent where it is not known any more. */
  readonly sent?: SentJob;
  readonly machine: BundleMachine;
  /** UTC ms of the bot. */
  readonly times: { readonly queuedAt: number; readonly startedAt?: number; readonly collectedAt: number };
  readonly outputs: readonly (BundleFile & {
    readonly kind: string;
    readonly purpose: string;
    readonly label: string;
    readonly file: string;
  })[];
}

/** Writes JSON whole or not at all; throws `store.disk_full` and the like. */
export async function writeJson(path: string, content: unknown): Promise<void> {
  await mapFileErrors('bundle', async () => {
    await writeFile(`${path}.part`, `${JSON.stringify(content, null, 2)}\n`, { flush: true });
    await rename(`${path}.part`, path);
  });
}

/** Undefined where there is none, or what is there is none of ours. */
export function readBundle(path: string): Bundle | undefined {
  const content = readJson(path);
  return isOurs(content) ? content : undefined;
}

/** Undefined where nothing can be read. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) !== undefined) return undefined;
    throw error;
  }
}

function isOurs(content: unknown): content is Bundle {
  return typeof content === 'object' && content !== null && 'format' in content && content.format === 1;
}
