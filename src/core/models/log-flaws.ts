import type { Profile } from './profile.ts';
import { type Flaw, unknownName } from './profile-flaws.ts';

/** Flaws of what is read from the log and of what proves a success. */
export function logFlaws(profile: Profile): readonly Flaw[] {
  return [
    ...stageFlaws(profile),
    ...barFlaws(profile),
    ...successFlaws(profile),
    ...hangFlaws(profile),
    ...timingFlaws(profile),
  ];
}

function stageFlaws({ progress }: Profile): Flaw[] {
  const flaws = duplicates(
    progress.stages.map(({ key }) => key),
    ['progress', 'stages'],
  );
  const perChunk = progress.stages.map((stage) => stage.per_chunk);
  const first = perChunk.indexOf(true);
  const last = perChunk.lastIndexOf(true);
  if (first !== -1 && perChunk.slice(first, last).includes(false)) {
    flaws.push({ path: ['progress', 'stages'], message: 'stages with per_chunk must stand side by side' });
  }
  return flaws;
}

function barFlaws({ progress }: Profile): Flaw[] {
  const stages = progress.stages.map(({ key }) => key);
  return progress.bars.flatMap((bar, index) => {
    const path = ['progress', 'bars', index];
    const flaws: Flaw[] = ['current', 'total']
      .filter((group) => !bar.pattern.includes(`(?<${group}>`))
      .map((group) => ({ path: [...path, 'pattern'], message: `needs the group (?<${group}>…)` }));
    if (bar.stage !== undefined && !stages.includes(bar.stage)) {
      flaws.push(unknownName([...path, 'stage'], 'stage', bar.stage, stages));
    }
    if (bar.counts === 'chunks' && !progress.stages.some((stage) => stage.per_chunk)) {
      flaws.push({
        path: [...path, 'counts'],
        message: 'counting chunks needs a stage with per_chunk = true',
      });
    }
    return flaws;
  });
}

function hangFlaws({ failures, requires }: Profile): Flaw[] {
  const { max_gpus: most = Infinity } = requires;
  return failures.flatMap(({ hangs }, index) =>
    hangs === undefined || hangs.min_gpus <= most
      ? []
      : [{ path: ['failures', index, 'hangs', 'min_gpus'], message: 'is above requires.max_gpus' }],
  );
}

function successFlaws({ success, failures }: Profile): Flaw[] {
  const flaws = duplicates(
    failures.map(({ key }) => key),
    ['failures'],
  );
  if (!success.outputs.some((output) => output.required && output.purpose === 'primary')) {
    flaws.push({ path: ['success', 'outputs'], message: 'needs a required output with purpose = "primary"' });
  }
  success.outputs.forEach((output, index) => {
    const path = ['success', 'outputs', index, 'from_log'];
    if (output.from_log !== undefined && output.kind !== 'text')
      flaws.push({ path, message: 'belongs to a text' });
    if (output.from_log !== undefined && !output.from_log.begins.includes('(?<text>'))
      flaws.push({ path: [...path, 'begins'], message: 'needs the group (?<text>…)' });
    if (output.min_frames !== undefined && output.kind !== 'video') {
      flaws.push({ path: ['success', 'outputs', index, 'min_frames'], message: 'belongs to a video' });
    }
  });
  return flaws;
}

function timingFlaws({ timing, parameters }: Profile): Flaw[] {
  return (['steps_parameter', 'frames_parameter'] as const).flatMap((key): Flaw[] => {
    const name = timing[key];
    if (name === undefined) return [];
    const path = ['timing', key];
    const parameter = parameters[name];
    if (parameter === undefined) return [unknownName(path, 'parameter', name, Object.keys(parameters))];
    return parameter.type === 'integer' ? [] : [{ path, message: 'must be a parameter of type integer' }];
  });
}

function duplicates(keys: readonly string[], path: readonly string[]): Flaw[] {
  return keys.flatMap((key, index) =>
    keys.indexOf(key) === index
      ? []
      : [{ path: [...path, index, 'key'], message: `"${key}" is there twice` }],
  );
}
