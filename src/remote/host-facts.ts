import { z } from 'zod';
import { CosmosError } from '../core/errors.ts';
import type { HostFacts } from '../core/ports/host.ts';
import { NOW } from './bash-script.ts';
import { GPU_SCRIPT, parseGpus } from './gpu-status.ts';
import type { Transport } from './transport/transport.ts';

/** Parameters: the work directory, then paths. Prints a line for each fact. */
const FACTS_SCRIPT = `${NOW}
now
echo "now $now"
set -f
disk=$(df -Pk -- "$1" | tail -n 1 | sed 's/.* \\([0-9][0-9]*\\)  *-*[0-9]*% .*/\\1/')
echo "disk $disk"
shift
for path do
  if [ -e "$path" ]; then echo 'path yes'; else echo 'path no'; fi
done
${GPU_SCRIPT}`;

const KIB = 1024;
/** Longer than a tool for GPUs is waited for. */
const DEADLINE_MS = 30_000;

const WHOLE = z.string().regex(/^\d+$/).transform(Number);

const FACTS = z.object({
  now: WHOLE,
  disk: WHOLE,
  gpus: z.string(),
});

/** Asks a host for all that no engine is needed for. Throws `engine.command_failed` for an answer that cannot be read. */
export async function askHost(
  transport: Transport,
  workDir: string,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<HostFacts> {
  const options = { signal, deadlineMs: DEADLINE_MS };
  const { stdout } = await transport.runScript(FACTS_SCRIPT, [workDir, ...paths], options);
  return parseHostFacts(stdout, paths);
}

/** Reads what the script prints; `paths` are those that it was asked for, in the same order. */
export function parseHostFacts(text: string, paths: readonly string[]): HostFacts {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^([a-z]+) (.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, [...(values.get(key) ?? []), value]);
  }
  const first = (key: string): string | undefined => values.get(key)?.[0];
  const parsed = FACTS.safeParse({ now: first('now'), disk: first('disk'), gpus: first('gpus') });
  const present = values.get('path') ?? [];
  if (!parsed.success || present.length !== paths.length) {
    throw new CosmosError('engine.command_failed', { command: 'facts' }, { cause: parsed.error });
  }
  const { now, disk, gpus } = parsed.data;
  return {
    now,
    diskFreeBytes: disk * KIB,
    gpus: parseGpus(gpus, values.get('gpu') ?? []),
    paths: paths.map((name, index) => ({ name, present: present[index] === 'yes' })),
  };
}
