import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CosmosError, type ErrorCode } from '../errors.ts';
import type { RunId } from '../ids.ts';
import type { MatchedOutput } from '../models/outcome.ts';
import type { MediaFacts } from '../ports/media.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';
import type { RunOutput } from '../runs/run.ts';
import type { Attempt } from './attempt.ts';
import type { LaneContext } from './lane-context.ts';
import { showTransfer } from './show-transfer.ts';
import { keepText, proveText } from './text-proof.ts';
import { writeBundle } from './write-bundle.ts';

/** What the media worker says of a file that was read well and is no good; other codes are our own trouble. */
const FLAWS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'input.not_media',
  'input.no_frames',
  'input.truncated',
  'input.too_long',
  'input.absurd_duration',
  'input.too_many_pixels',
  'input.file_empty',
  'input.file_too_large',
]);

/**
 * Copies the declared outputs of a run to our side and proves each by its kind: a video decodes to its end and
 * has the frames that the profile asks for, a text is one and says something. Throws `model.output_invalid` for one that does not.
 */
export async function collectOutputs(
  context: LaneContext,
  attempt: Attempt,
  run: RunId,
  matched: readonly MatchedOutput[],
  signal: AbortSignal,
): Promise<RunOutput[]> {
  const { host, store, data, wakeup } = context;
  store.runs.setStage(run, 'collecting');
  wakeup.notify();
  const directory = data.outputs(run);
  await mapFileErrors('outputs', async () => await mkdir(directory, { recursive: true }));
  const collected: { output: MatchedOutput; path: string; sha256: string; bytes: number }[] = [];
  const sizes = new Map(
    matched.flatMap(({ path, bytes, text }) => (text === undefined ? [[path, bytes] as const] : [])),
  );
  await showTransfer(context, [run], 'collecting', sizes, async (report) => {
    for (const [index, output] of matched.entries()) {
      const path = join(directory, `${index}-${basename(output.path)}`);
      const onProgress = (done: number): void => report(output.path, done);
      const stored =
        output.text === undefined
          ? await host.fetchOutput(attempt.id, output.path, path, onProgress, signal)
          : await keepText(output.text, path);
      collected.push({ output, path, ...stored });
    }
  });
  store.runs.setStage(run, 'verifying');
  wakeup.notify();
  const outputs: RunOutput[] = [];
  for (const { output, path, sha256, bytes } of collected) {
    const { kind, purpose, label } = output;
    const common = { kind, purpose, label, path, bytes, sha256 };
    if (kind === 'text') {
      const text = await proveText(path, output.path, bytes);
      outputs.push({ ...common, ...(text !== undefined && { text }) });
    } else {
      outputs.push({ ...common, facts: await prove(context, output, path, signal) });
    }
  }
  await writeBundle(context, attempt, run, outputs, signal);
  return outputs;
}

async function prove(
  { media, outputLimits }: LaneContext,
  output: MatchedOutput,
  path: string,
  signal: AbortSignal,
): Promise<MediaFacts> {
  const facts = await media.verify(path, outputLimits, signal).catch((error: unknown) => {
    if (!(error instanceof CosmosError) || !FLAWS.has(error.code)) throw error;
    throw new CosmosError(
      'model.output_invalid',
      { file: output.path, reason: error.code },
      { cause: error },
    );
  });
  if (facts.kind !== output.kind) {
    throw new CosmosError('model.output_invalid', {
      file: output.path,
      expected: output.kind,
      found: facts.kind,
    });
  }
  if (facts.kind === 'video' && facts.frames < output.minFrames) {
    throw new CosmosError('model.output_invalid', {
      file: output.path,
      frames: facts.frames,
      minimum: output.minFrames,
    });
  }
  return facts;
}
