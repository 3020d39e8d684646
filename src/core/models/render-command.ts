import { CosmosError } from '../errors.ts';
import type { JobRequest } from './build-job.ts';
import { AbsentValue, asAbsolute, type JobValues, missingValue } from './job-values.ts';
import { wholePlaceholder } from './placeholders.ts';
import type { Parameter, ParameterValue } from './profile.ts';

export interface RenderedCommand {
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
}

/** Argv and environment of a job; paths in them are absolute. */
export function renderCommand(request: JobRequest, values: JobValues): RenderedCommand {
  const { command, parameters, id } = request.profile;
  const flags = Object.entries(parameters).flatMap(([name, { write }]) =>
    flagWords(write, request.parameters[name]),
  );
  const hasPlace = command.argv.includes('{flags}');
  const words = (hasPlace ? command.argv : [...command.argv, '{flags}']).flatMap((word) => {
    switch (wholePlaceholder(word)) {
      case 'flags':
        return flags;
      case 'tool':
        return toolWords(request);
      default:
        return [fillWord(word, values, id)];
    }
  });
  const environment = Object.entries(command.environment).map(
    ([name, word]) => [name, fillWord(word, values, id)] as const,
  );
  for (const [name, { write }] of Object.entries(parameters)) {
    const value = request.parameters[name];
    if (write?.environment !== undefined && value !== undefined)
      environment.push([write.environment, String(value)]);
  }
  const [program, ...rest] = words;
  if (program === undefined) throw new CosmosError('internal.unexpected', { detail: `${id}: empty argv` });
  refuseNul([...words, ...environment.map(([, value]) => value)]);
  return { argv: [program, ...rest], environment: Object.fromEntries(environment) };
}

function flagWords(write: Parameter['write'], value: ParameterValue | undefined): readonly string[] {
  if (write?.flag === undefined || value === undefined) return [];
  switch (write.style) {
    case 'switch':
      return value === true ? [write.flag] : [];
    case 'equals':
      return [`${write.flag}=${value}`];
    default:
      return [write.flag, String(value)];
  }
}

function toolWords({ paths, profile }: JobRequest): readonly string[] {
  if (paths.tool !== undefined) return paths.tool;
  throw new CosmosError('input.model_unavailable', { model: profile.id, reason: 'tool_unreachable' });
}

/** The template with its values; paths are absolute. Throws where a value is absent. */
export function fillWord(template: string, values: JobValues, model: string): string {
  try {
    return String(values.fill(template, asAbsolute));
  } catch (error) {
    throw error instanceof AbsentValue ? missingValue(error, model) : error;
  }
}

/** The operating system ends a word at NUL: what comes after would be lost without a sign. */
export function refuseNul(words: readonly string[]): void {
  if (words.some((word) => word.includes('\0'))) throw new CosmosError('input.text_nul');
}
