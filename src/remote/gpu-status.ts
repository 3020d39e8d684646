import { z } from 'zod';
import type { GpuAnswer, GpuFacts } from '../core/ports/host.ts';

const MIB = 1024 * 1024;

/**
 * Prints a line `gpus CODE`, or `gpus missing` where there is no tool to ask, and after it what the tool said, each line
 * behind `gpu `. A driver in trouble may never answer. The name comes last: it is the one value that may hold a comma.
 */
export const GPU_SCRIPT = `if command -v nvidia-smi >/dev/null 2>&1; then
  limit=
  command -v timeout >/dev/null 2>&1 && limit='timeout 15'
  said=$($limit nvidia-smi --format=csv,noheader,nounits \\
    --query-gpu=index,uuid,memory.used,memory.total,utilization.gpu,temperature.gpu,power.draw,driver_version,name 2>&1)
  echo "gpus $?"
  printf '%s\\n' "$said" | sed 's/^/gpu /'
else
  echo 'gpus missing'
fi`;

/** Exit code of `timeout` where it has ended the tool. */
const TIMED_OUT = '124';

/** A number, or what stands for none: `[N/A]`, `[Not Supported]`, `[Unknown Error]`, and with them whatever comes next. */
const NUMBER = z.string().transform((text) => {
  const value = Number(text);
  return text === '' || !Number.isFinite(value) ? undefined : value;
});

/** Numbers with dots, or what stands for none. */
const VERSION = z.string().transform((text) => (/^\d+(\.\d+)*$/.test(text) ? text : undefined));

const ROW = z.tuple(
  [z.string().regex(/^\d+$/), z.string(), NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, VERSION, z.string().min(1)],
  z.string(),
);

/** Reads what `GPU_SCRIPT` prints; `code` is the word behind `gpus`, and `lines` those behind `gpu`. */
export function parseGpus(code: string, lines: readonly string[]): GpuAnswer {
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (code === 'missing') return { state: 'no_tool' };
  if (said.some((line) => /^no devices were found/i.test(line))) return { state: 'listed', gpus: [] };
  if (code === TIMED_OUT) return { state: 'failed', detail: 'deadline' };
  if (code !== '0') return { state: 'failed', detail: said[0] ?? `exit code ${code}` };
  const gpus: GpuFacts[] = [];
  for (const line of said) {
    const row = ROW.safeParse(line.split(',').map((value) => value.trim()));
    if (!row.success) return { state: 'failed', detail: line };
    gpus.push(toGpu(row.data));
  }
  return { state: 'listed', gpus };
}

function toGpu([index, uuid, used, total, utilisation, temperature, power, driver, ...name]: z.infer<
  typeof ROW
>): GpuFacts {
  return {
    index,
    uuid,
    name: name.join(', '),
    ...(used !== undefined && { memoryUsedBytes: used * MIB }),
    ...(total !== undefined && { memoryTotalBytes: total * MIB }),
    ...(utilisation !== undefined && { utilisation }),
    ...(temperature !== undefined && { temperature }),
    ...(power !== undefined && { power }),
    ...(driver !== undefined && { driver }),
  };
}
