import { CosmosError } from '../core/errors.ts';
import { type HostId, newId } from '../core/ids.ts';
import type { Random } from '../core/ports/random.ts';
import { tidyUp } from './clean-up.ts';
import { temporaryName } from './paths.ts';
import { inRole, isFault } from './transport/file-fault.ts';
import type { Transport } from './transport/transport.ts';

/** Longer than any id; a longer file is not one of ours. */
const MAX_BYTES = 64;

/**
 * The id in `<work_dir>/host-id`; makes the work directory and the id where they are missing. Of several bots that do
 * so at once, one makes it and all return it.
 */
export async function identifyHost(transport: Transport, workDir: string, random: Random): Promise<HostId> {
  await inRole('work_dir', transport.makeDirectories(`${workDir}/attempts`));
  await inRole('work_dir', transport.makeDirectories(`${workDir}/assets`));
  const known = await readHostId(transport, workDir);
  if (known !== null) return known;
  await makeHostId(transport, workDir, random);
  const made = await readHostId(transport, workDir);
  if (made === null)
    throw new CosmosError('engine.work_dir_unusable', { role: 'work_dir', reason: 'missing' });
  return made;
}

/** The id of the host as it is now; null where it has none. */
export async function readHostId(transport: Transport, workDir: string): Promise<HostId | null> {
  const bytes = await inRole('work_dir', transport.readRange(`${workDir}/host-id`, 0, MAX_BYTES));
  if (bytes === null) return null;
  const text = Buffer.from(bytes).toString('utf8').trim();
  if (/^ho_[0-9a-z]+$/.test(text)) return text as HostId;
  throw new CosmosError('engine.work_dir_unusable', { role: 'work_dir', reason: 'invalid_host_id' });
}

async function makeHostId(transport: Transport, workDir: string, random: Random): Promise<void> {
  const hidden = `${workDir}/${temporaryName('host-id', random)}`;
  const content = `${newId('ho', random)}\n`;
  await inRole('work_dir', transport.createFile(hidden, content, 0o444));
  try {
    await transport.link(hidden, `${workDir}/host-id`);
  } catch (thrown) {
    if (isFault(thrown, 'unsupported', 'denied')) {
      await inRole('work_dir', transport.createFile(`${workDir}/host-id`, content, 0o444));
    } else if (!isFault(thrown, 'exists')) {
      await inRole('work_dir', Promise.reject(thrown));
    }
  } finally {
    await tidyUp(transport.remove(hidden));
  }
}
