import type { PromptInput } from '../prompts/prompt.ts';
import type { ParameterValues, Profile } from './profile.ts';

/** Width by height of a choice such as `16,9`, `4:3` or `832x480`; undefined where it is none. */
export function aspectOf(choice: string): number | undefined {
  const [, width, height] = /^(\d+)[,:x×](\d+)$/.exec(choice) ?? [];
  const aspect = Number(width) / Number(height);
  return Number.isFinite(aspect) && aspect > 0 ? aspect : undefined;
}

/** The values of parameters that follow the shape of a file, for those of which there is one. */
export function aspectsOf(profile: Profile, inputs: readonly PromptInput[]): ParameterValues {
  const values = Object.entries(profile.parameters).flatMap(([name, parameter]) => {
    if (parameter.type !== 'choice') return [];
    const { nearest_aspect_of: roles = [], choices } = parameter;
    const shape = roles.flatMap((role) => shapeOf(inputs, role))[0];
    return shape === undefined ? [] : [[name, nearestChoice(choices, shape)] as const];
  });
  return Object.fromEntries(values);
}

function shapeOf(inputs: readonly PromptInput[], role: string): readonly number[] {
  const facts = inputs.find((input) => input.role === role)?.asset.facts;
  return facts === undefined || facts.kind === 'audio' ? [] : [facts.width / facts.height];
}

/** In ratios: twice as wide is as far as half as wide. */
function nearestChoice(choices: readonly string[], shape: number): string {
  const distance = (choice: string): number => Math.abs(Math.log((aspectOf(choice) ?? Infinity) / shape));
  return choices.reduce((best, choice) => (distance(choice) < distance(best) ? choice : best));
}
