import type { AttemptId } from '../../core/ids.ts';
import type { EngineFacts, HostQuestions, Presence } from '../../core/ports/host.ts';
import type { Transport } from '../transport/transport.ts';
import type { DockerClient } from './docker-client.ts';
import { engineFailure, isNoSuchContainer } from './docker-facts.ts';

/** Docker's engine looks for the first of them when a container asks for GPUs; both come with the same package. */
const GPU_TOOLS_SCRIPT = 'command -v nvidia-container-runtime-hook || command -v nvidia-ctk';

/** What Docker on a host is, and which of the images it has. Throws as `engineFailure` says. */
export async function askDocker(
  client: DockerClient,
  transport: Transport,
  { images, attempt }: Pick<HostQuestions, 'images' | 'attempt'>,
  signal: AbortSignal | undefined,
): Promise<EngineFacts> {
  const { stdout } = await client.checked('version', client.words.version(), signal);
  const { exitCode } = await transport.runScript(GPU_TOOLS_SCRIPT, [], { signal });
  const found: Presence[] = [];
  for (const name of new Set(images)) found.push({ name, present: await hasImage(client, name, signal) });
  const image = attempt === undefined ? undefined : await imageOf(client, attempt, signal);
  return {
    version: stdout.trim(),
    images: found,
    givesGpus: exitCode === 0,
    ...(image !== undefined && { imageOfAttempt: image }),
  };
}

async function hasImage(client: DockerClient, image: string, signal: AbortSignal | undefined) {
  const { exitCode, stderr } = await client.run(client.words.imageConfig(image), signal);
  if (exitCode === 0) return true;
  if (/no such (image|object)/i.test(stderr)) return false;
  throw engineFailure('image inspect', stderr);
}

/** What the container of an attempt was made of, whatever the name of that image means now. */
async function imageOf(
  client: DockerClient,
  attempt: AttemptId,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await client.run(client.words.imageOfContainer(attempt), signal);
  if (exitCode === 0) return stdout.trim();
  if (isNoSuchContainer(stderr)) return undefined;
  throw engineFailure('inspect', stderr);
}
