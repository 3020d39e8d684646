import type { Problem } from '../errors.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import { checkRun } from './check-run.ts';
import type { ModelChoice, Models } from './models.ts';
import type { ModelTask } from './tasks.ts';

/** As many models are named. */
const NAMED = 3;

/** For what nobody has named a model. */
export interface UnnamedModel {
  /** Of each prompt. */
  readonly inputs: readonly (readonly PromptInput[])[];
  /** `generate` where absent. */
  readonly task?: ModelTask;
}

/**
 * `input.parameter_unknown` gets `others`: models that take all of these inputs and have every parameter that the chosen
 * one lacks, in the order of the configuration. Where a name is probably mistyped nothing is added.
 */
export function withOtherModels(
  problems: readonly [Problem, ...Problem[]],
  models: Models,
  { inputs, task = 'generate' }: UnnamedModel,
): readonly [Problem, ...Problem[]] {
  const lacking = problems.flatMap(({ code, parameters: { parameter, nearest } }) =>
    code === 'input.parameter_unknown' && nearest === undefined ? [String(parameter)] : [],
  );
  if (lacking.length === 0) return problems;
  const fits = ({ profile }: ModelChoice): boolean =>
    profile.task === task &&
    lacking.every((name) => Object.hasOwn(profile.parameters, name)) &&
    inputs.every((each) => checkRun(profile, each, {}).ok);
  const others = models.list().filter(fits).slice(0, NAMED);
  if (others.length === 0) return problems;
  const named = (problem: Problem): Problem =>
    problem.code === 'input.parameter_unknown' && lacking.includes(String(problem.parameters['parameter']))
      ? {
          code: problem.code,
          parameters: { ...problem.parameters, others: others.map(({ profile }) => profile.id) },
        }
      : problem;
  const [first, ...rest] = problems;
  return [named(first), ...rest.map(named)];
}
