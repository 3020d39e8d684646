import type { Explanation, Parameters } from './wording.ts';

/** What is wrong with a list of values, by the reason that the core gives. */
export function listWords(p: Parameters): Explanation {
  return LIST_WORDS[reasonOf(p)](p);
}

type ListReason = 'gap' | 'range' | 'step' | 'text';

const LIST_WORDS: Readonly<Record<ListReason, (p: Parameters) => Explanation>> = {
  gap: (p) => ({
    sentence: `A value is missing in ${typedList(p)}.`,
    nextStep:
      p.text('given') === ''
        ? 'Write the value right after the equals sign, without a space, such as `edge=0.5`.'
        : 'Write lists without spaces and without a comma at the end, such as `seed=1,2,3`.',
  }),
  range: (p) => ({
    sentence: `${typedList(p)} is no range: ranges go from one whole number to another, such as \`1..8\`.`,
    nextStep: 'Write the values one by one, such as `edge=0.2,0.5,0.8`.',
  }),
  step: (p) => ({
    sentence: `The third number in ${typedList(p)} is the step of its range, and 0 gets nowhere.`,
    nextStep: 'Write a step of 1 or more, such as `1..9..2`, or none.',
  }),
  text: (p) => ({
    sentence: `${p.text('parameter', 'That parameter')} is a text, and a comma belongs to a text: ${typedList(p)} is no list.`,
    nextStep:
      'Ask for each text in a command of its own; where those marks belong to the text, put a space after the comma.',
  }),
};

function reasonOf(p: Parameters): ListReason {
  const reason = p.text('reason');
  return reason === 'range' || reason === 'step' || reason === 'text' ? reason : 'gap';
}

function typedList(p: Parameters): string {
  const given = `${p.text('parameter', 'parameter')}=${p.text('given')}`;
  return `\`${given}\``;
}
