import { CosmosError } from '../../core/errors.ts';
import { engineFailure } from './docker-facts.ts';

/** Longest part of Docker's message that is kept, characters. */
const MAX_MESSAGE = 400;

/**
 * Why a container could not be created or started, from what Docker said: `engine.image_missing` {image},
 * `engine.gpu_unavailable` {detail}, what `engineFailure` knows, else `engine.start_failed` {detail}. Paths below the
 * work directory are not told.
 */
export function startFailure(command: string, message: string, image: string, workDir: string): CosmosError {
  const failure = engineFailure(command, message);
  if (failure.code !== 'engine.command_failed') return failure;
  const { cause } = failure;
  if (/no such image|unable to find image/i.test(message)) {
    return new CosmosError('engine.image_missing', { image }, { cause });
  }
  const detail = told(message, workDir);
  if (
    /could not select device driver|nvidia-container-cli|nvidia-container-runtime|unknown device|cdi device/i.test(
      message,
    )
  ) {
    return new CosmosError('engine.gpu_unavailable', { detail }, { cause });
  }
  return new CosmosError('engine.start_failed', { detail }, { cause });
}

/** The sentence of Docker without its own frame. */
function told(message: string, workDir: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const line =
    lines.find((each) => /daemon|error/i.test(each) && !/^Error: failed to start containers/.test(each)) ??
    lines.find((each) => each !== '') ??
    '';
  return line
    .replace(/^Error( response from daemon)?: /, '')
    .replace(/^failed to create (shim )?task( for container)?: OCI runtime create failed: /, '')
    .replaceAll(workDir, '<work_dir>')
    .slice(0, MAX_MESSAGE);
}
