import type { Bundle, BundleFile } from './bundle.ts';

/** One thing that is not as it was. */
export interface Difference {
  readonly what: 'profile' | 'image' | 'gpu' | 'driver' | 'inputs' | 'job' | 'version' | 'host';
  /** Absent where it is too long to be said. */
  readonly before?: string;
  readonly now?: string;
}

/** How a result that was made again is to the first one. */
export interface Comparison {
  /** Bit for bit; `frames` where only the number of frames and their size are the same. */
  readonly result: 'same' | 'frames' | 'different' | 'unknown';
  /** What of its making differs, the likeliest cause first. */
  readonly differences: readonly Difference[];
}

/** Compares what was made and how it was made; without the first bundle nothing is known. */
export function compareBundles(before: Bundle | undefined, now: Bundle): Comparison {
  if (before === undefined) return { result: 'unknown', differences: [] };
  const gpus = ({ machine }: Bundle, key: 'name' | 'driver'): string =>
    [...new Set(machine.gpus.map((gpu) => gpu[key] ?? ''))].filter((each) => each !== '').join(', ');
  const differences = [
    differs('profile', before.profileHash.slice(0, 12), now.profileHash.slice(0, 12)),
    differs('inputs', sent(before), sent(now), false),
    differs('job', job(before), job(now), false),
    differs('image', image(before), image(now)),
    differs('gpu', gpus(before, 'name'), gpus(now, 'name')),
    differs('driver', gpus(before, 'driver'), gpus(now, 'driver')),
    differs('host', before.machine.host, now.machine.host),
    differs('version', before.version, now.version),
  ];
  return { result: resultOf(before, now), differences: differences.flatMap((each) => each ?? []) };
}

/** What nobody knows of one of them is no difference. */
function differs(
  what: Difference['what'],
  before: string,
  now: string,
  isShort = true,
): Difference | undefined {
  if (before === now || before === '' || now === '') return undefined;
  return isShort ? { what, before, now } : { what };
}

function resultOf(before: Bundle, now: Bundle): Comparison['result'] {
  const [first, second] = [primaries(before), primaries(now)];
  if (first.length === 0 || first.length !== second.length) return 'different';
  const all = (isAlike: (one: BundleFile, other: BundleFile) => boolean): boolean =>
    first.every((one, index) => {
      const other = second[index];
      return other !== undefined && isAlike(one, other);
    });
  if (all((one, other) => one.sha256 === other.sha256)) return 'same';
  return all((one, other) => shape(one) !== '' && shape(one) === shape(other)) ? 'frames' : 'different';
}

function primaries({ outputs }: Bundle): Bundle['outputs'] {
  return outputs.filter(({ purpose }) => purpose === 'primary');
}

function shape({ facts }: BundleFile): string {
  if (facts === undefined || facts.kind === 'audio') return '';
  return `${facts.width}x${facts.height} ${facts.kind === 'video' ? facts.frames : 1}`;
}

function image({ machine }: Bundle): string {
  return machine.image?.digest?.slice(0, 19) ?? '';
}

function sent({ sent: job }: Bundle): string {
  return job === undefined ? '' : JSON.stringify(job.inputs.map(({ asset }) => asset));
}

/** Without the places that each attempt has for itself. */
function job({ sent: job }: Bundle): string {
  if (job === undefined) return '';
  const { files, argv, environment } = job;
  return JSON.stringify({ files, argv, environment }).replaceAll(job.attempt, '');
}
