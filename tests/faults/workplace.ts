import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A directory with a configuration whose model is a short shell script that notes each of its starts; an endless one runs until it
 * is stopped.
 */
export async function makeWorkplace(
  directory: string,
  clip: string,
  { isEndless = false } = {},
): Promise<string> {
  await mkdir(directory, { recursive: true });
  await copyFile(clip, join(directory, 'clip.mp4'));
  await writeFile(
    join(directory, 'model.sh'),
    [
      `echo "$COSMOS_BOT_ATTEMPT" >> '${directory}/starts'`,
      'echo "Loading video clip.mp4"',
      'echo "Rendering 4 frames of 64x64"',
      ...(isEndless ? ['while :; do sleep 0.05; done'] : []),
      'for frame in 1 2 3 4; do echo "frame $frame/4"; sleep 0.05; done',
      `cp '${directory}/clip.mp4' "$1/preview.mp4"`,
      'echo "Saved video to preview.mp4"',
      '',
    ].join('\n'),
  );
  await writeFile(
    join(directory, 'cosmos.toml'),
    [
      'data_dir = "data"',
      '[[hosts]]',
      'name = "here"',
      'models = ["preview"]',
      '[models.preview.command]',
      `argv = ["/bin/sh", "${directory}/model.sh", "{output}", "{spec}"]`,
      '',
    ].join('\n'),
  );
  return directory;
}

/** All that the script prints. */
export const WHOLE_LOG = `Loading video clip.mp4
Rendering 4 frames of 64x64
frame 1/4
frame 2/4
frame 3/4
frame 4/4
Saved video to preview.mp4
`;

/** The attempts that have begun, one line for each start. */
export async function starts(directory: string): Promise<string[]> {
  const text = await readFile(join(directory, 'starts'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** Live processes that carry the marker of one of these attempts. */
export async function processesOf(markers: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
    const variables = environment.split('\0');
    if (markers.some((marker) => variables.includes(`COSMOS_BOT_ATTEMPT=${marker}`))) found.push(Number(id));
  }
  return found;
}
