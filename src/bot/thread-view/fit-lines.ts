import type { Problem } from '../../core/errors.ts';
import type { CardAction, Text } from '../../core/ports/chat.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import { explain } from '../wording/explain.ts';
import { changeWords, soundEndWords } from '../wording/fit-wording.ts';
import { tooSmallWords } from '../wording/gpu-memory-words.ts';
import { count, timeRange } from '../wording/numbers.ts';
import { action, line, sentence } from './text.ts';
import type { PromptFit, PromptView } from './views.ts';

/** More would hide the others. */
const MOST_CHANGES = 2;

/** `Fits transfer1 on gpu1. About 9–12 min.`, or why it does not and the way out. */
export function fitLine({ prompt, inShell }: PromptView, fit: PromptFit): Text {
  const [problem] = fit.problems;
  if (problem !== undefined) {
    const { sentence: wrong, nextStep } = explain(inShell === true ? withCommand(problem, prompt) : problem);
    if (canChange(fit))
      return line(`Not for ${fit.model} as it is: `, sentence(wrong), ` I can mend that: ${mending(fit)}.`);
    return line(`Not for ${fit.model}: `, sentence(wrong), ' ', sentence(nextStep));
  }
  const parts = fit.parts ?? 1;
  const time = fit.expected === undefined ? '' : ` ${capital(approximately(timeRange(fit.expected)))}.`;
  const place = `${fit.on === undefined ? '' : ` on ${fit.on}`}${parts > 1 ? ` in ${count(parts, 'part')}` : ''}`;
  return line(`Fits ${fit.model}${place}.${time}${length(fit)}${smallHosts(fit)}`);
}

/** Buttons that make of the files what a model takes, each change once, and the one that undoes it. */
export function fitActions({ prompt, fits, canUndo = false }: PromptView): readonly CardAction[] {
  const changes = new Map(
    fits
      .filter(canChange)
      .toReversed()
      .map((fit) => [changeWords(fit.change ?? []), fit.model]),
  );
  return [
    ...[...changes]
      .toReversed()
      .slice(0, MOST_CHANGES)
      .map(([words, model]) =>
        action('fit', prompt.id, words, { arguments: ['--model', model, '--change'] }),
      ),
    ...(canUndo ? [action('fit', prompt.id, 'Undo the change', { arguments: ['--undo'] })] : []),
  ];
}

/** A file that lacks is added by a command: it needs the prompt. */
function withCommand({ code, parameters }: Problem, { id }: Prompt): Problem {
  return { code, parameters: code === 'input.role_missing' ? { ...parameters, prompt: id } : parameters };
}

/** A file can be mended, a GPU cannot. */
function canChange({ change, problems }: PromptFit): boolean {
  return change !== undefined && problems.every(({ code }) => code !== 'input.gpu_too_small');
}

function mending({ change = [] }: PromptFit): string {
  const words = changeWords(change);
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function length({ soundEnd }: PromptFit): string {
  return soundEnd === undefined ? '' : ` ${soundEndWords(soundEnd)}`;
}

function smallHosts({ tooSmall = [] }: PromptFit): string {
  return tooSmall.map((small) => ` Not on ${small.host}: ${tooSmallWords(small)}.`).join('');
}

/** `about 9–12 min`, without saying `about` twice. */
function approximately(range: string): string {
  return /^[\d]/.test(range) ? `about ${range}` : range;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
