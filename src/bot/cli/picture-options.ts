import type { Checked, Problem } from '../../core/errors.ts';
import { readFrameRate } from '../../core/media/frame-rate.ts';
import { ROLES, type Role } from '../../core/prompts/prompt.ts';
import type { PictureWishes } from '../../core/sequences/sequence-maker.ts';
import type { ParsedCommand } from '../commands/arguments.ts';
import { quoteForShell } from '../commands/parse-words.ts';
import { COMMAND_PREFIX } from './cli-output.ts';

/** A longer command would be cut where it is shown. */
const LONGEST_COMMAND = 250;

type Problems = Extract<Checked<never>, { ok: false }>['problems'];

/** What the options `--fps` and `--as` of a verb say of pictures. */
export function pictureWishes({ fps, as }: ParsedCommand['options']): PictureWishes {
  const frameRate = typeof fps === 'string' ? readFrameRate(fps) : undefined;
  const role = typeof as === 'string' && isRole(as) ? as : undefined;
  return { ...(frameRate && { frameRate }), ...(role && { role }) };
}

/** Where a `prepare` was refused for pictures whose names tell no kind, the command that takes them. */
export function withCommandThatTakes(problems: Problems, command: ParsedCommand): Problems {
  const add = (problem: Problem): Problem => {
    const { roles } = problem.parameters;
    const [kind] = Array.isArray(roles) ? roles : [];
    if (problem.code !== 'input.sequence_unknown' || typeof kind !== 'string') return problem;
    const typed = commandAs(command, kind);
    return typed === undefined
      ? problem
      : { code: problem.code, parameters: { ...problem.parameters, command: typed, kind } };
  };
  const [first, ...rest] = problems;
  return [add(first), ...rest.map(add)];
}

/** Undefined where it cannot be shown as it has to be typed. */
function commandAs({ verb, arguments: { pictures = '', text = '' }, options }: ParsedCommand, kind: string) {
  const wanted: ParsedCommand['options'] = { ...options, as: kind };
  const given = Object.entries(wanted).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, quoteForShell(String(value))],
  );
  const write = (words: string): string =>
    [COMMAND_PREFIX, verb, quoteForShell(pictures), ...(words === '' ? [] : [words]), ...given].join(' ');
  const whole = text === '' ? [write('')] : [write(quoteForShell(text)), write('TEXT')];
  return whole.find((typed) => typed.length <= LONGEST_COMMAND && !/[\r\n`]|\s{2}/.test(typed));
}

function isRole(word: string): word is Role {
  return Object.hasOwn(ROLES, word);
}
