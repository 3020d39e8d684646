import type { EngineFacts, Presence } from '../../core/ports/host.ts';
import type { Transport } from '../transport/transport.ts';
import type { DockerClient } from './docker-client.ts';
import { engineFailure } from './docker-facts.ts';

/** Docker's engine looks for the first of them when a container asks for GPUs; both come with the same package. */
const GPU_TOOLS_SCRIPT = 'command -v nvidia-container-runtime-hook || command -v nvidia-ctk';

/** What Docker on a host is, and which of the images it has. Throws as `engineFailure` says. */
export async function askDocker(
  client: DockerClient,
  transport: Transport,
  images: readonly string[],
  signal: AbortSignal | undefined,
): Promise<EngineFacts> {
  const { stdout } = await client.checked('version', client.words.version(), signal);
  const { exitCode } = await transport.runScript(GPU_TOOLS_SCRIPT, [], { signal });
  const found: Presence[] = [];
  for (const name of new Set(images)) found.push({ name, present: await hasImage(client, name, signal) });
  return { version: stdout.trim(), images: found, givesGpus: exitCode === 0 };
}

async function hasImage(client: DockerClient, image: string, signal: AbortSignal | undefined) {
  const { exitCode, stderr } = await client.run(client.words.imageConfig(image), signal);
  if (exitCode === 0) return true;
  if (/no such (image|object)/i.test(stderr)) return false;
  throw engineFailure('image inspect', stderr);
}
