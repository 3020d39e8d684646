import { chmod, link, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Notes its start, waits, and makes each video another one, by a box that players pass over; keeps it under the name of
 * its attempt. Its folder is its directory.
 */
const MODEL = `attempt=\${COSMOS_BOT_ATTEMPT##*/}
echo "$attempt" >>starts
echo "Loading video clip.mp4"
until [ -e release ]; do sleep 0.05; done
cp clip.mp4 "$1/preview.mp4"
{
  printf '\\0\\0\\0'
  printf "\\\\$(printf %03o $((\${#attempt} + 8)))free$attempt"
} >>"$1/preview.mp4"
ln "$1/preview.mp4" "$attempt.mp4"
echo "Saved video to preview.mp4"
`;

/** The host that is this machine, and a model on it that makes copies of a video as soon as it may. */
export class LocalModel {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** `directory` is made, on the disk of `clip`. */
  static async make(directory: string, clip: string): Promise<LocalModel> {
    await mkdir(directory, { recursive: true });
    await chmod(dirname(directory), 0o755);
    await link(clip, join(directory, 'clip.mp4'));
    await writeFile(join(directory, 'model.sh'), `cd '${directory}'\n${MODEL}`);
    return new LocalModel(directory);
  }

  /** The configuration of the host and its model. */
  get config(): object {
    const argv = ['/bin/sh', this.path('model.sh'), '{output}', '{spec}'];
    return { hosts: [{ name: 'here', models: ['preview'] }], models: { preview: { command: { argv } } } };
  }

  /** Lets the model go on. */
  async release(): Promise<void> {
    await writeFile(this.path('release'), '');
  }

  path(name: string): string {
    return join(this.#directory, name);
  }
}
