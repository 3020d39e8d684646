import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { frameRateOf } from '../frame-rate.ts';
import { controlPanels, labelFont, previewGraph, videosOf } from './control-graph.ts';
import { type ControlSpec, parseControlSpec } from './control-spec.ts';
import { openFrameFilter } from './frame-filter.ts';
import { UsageError } from './usage-error.ts';
import { openVideoSet, type VideoSet } from './video-set.ts';
import { openVideoWriter } from './video-writer.ts';

/** As a shell reports a program that a TERM signal ended. */
const STOPPED = 143;
/** A log of a long video stays short. */
const MOST_PROGRESS_LINES = 400;

/**
 * `render-controls --spec SPEC.json --out DIR`: renders what a controlled model will be conditioned on, each
 * control beside the colour video and as bright as its weight, to `DIR/preview.mp4`. The shortest video decides
 * the length. Logs to stdout in the manner of the models, without folders: people see the log. On SIGTERM it leaves no file and exits with 143.
 */
export async function renderControls(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { spec: { type: 'string' }, out: { type: 'string' } },
  });
  if (values.spec === undefined || values.out === undefined) {
    throw new UsageError('--spec FILE and --out DIR are needed');
  }
  const spec = parseControlSpec(await readFile(values.spec, 'utf8'));
  const stop = new AbortController();
  // Not `once`: a second signal would kill before the partial file is gone.
  process.on('SIGTERM', () => stop.abort());
  await mkdir(values.out, { recursive: true });

  for (const path of videosOf(spec)) log(`Loading video ${basename(path)}`);
  await using videos = await openVideoSet(videosOf(spec));
  const saved = await render(spec, videos, join(values.out, 'preview.mp4'), stop.signal);
  if (saved) return;
  log('Stopped');
  process.exitCode = STOPPED;
}

/** False when it was told to stop. */
async function render(spec: ControlSpec, videos: VideoSet, to: string, stop: AbortSignal): Promise<boolean> {
  const { width, height, shapes, quarterTurns, frames } = videos;
  const panels = controlPanels(spec, Math.min(width, height));
  const controls = panels.slice(1).map((panel) => panel.label);
  log(`Rendering ${frames} frames with ${controls.join(', ')}`);
  const layout = {
    sourceWidth: width,
    sourceHeight: height,
    maxWidth: spec.max_width,
    quarterTurns,
    fontFile: labelFont(),
  };
  using filter = await openFrameFilter(shapes, previewGraph(panels, layout));
  const writer = await openVideoWriter(to, {
    width: filter.width,
    height: filter.height,
    frameRate: frameRateOf(spec.fps ?? videos.fps),
  });
  try {
    let count = 0;
    for await (const set of videos.frameSets()) {
      if (stop.aborted) break;
      await writer.write(await filter.push(set));
      count += 1;
      showProgress(count, frames);
    }
    log('');
    if (stop.aborted) {
      await writer.discard();
      return false;
    }
    await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
  log(`Saved video to ${basename(to)}`);
  return true;
}

function showProgress(count: number, total: number): void {
  const every = Math.ceil(total / MOST_PROGRESS_LINES);
  if (count % every === 0 || count === total) process.stdout.write(`\rframe ${count}/${total}`);
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}
