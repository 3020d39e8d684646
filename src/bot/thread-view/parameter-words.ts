import type { Parameter } from '../../core/models/profile.ts';

/** What a parameter takes: `number from 0 to 1`, `low, medium or high`. */
export function parameterValues(parameter: Parameter): string {
  switch (parameter.type) {
    case 'choice':
      return parameter.choices.join(parameter.choices.some((choice) => choice.includes(',')) ? ' · ' : ', ');
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    case 'regions': {
      const others = parameter.keys.mask === undefined ? '' : ', or words: text';
      return `left,top,right,bottom: text${others} (several)`;
    }
    case 'number':
    case 'integer': {
      const kind = parameter.type === 'integer' ? 'whole number' : 'number';
      const from = parameter.minimum === undefined ? '' : ` from ${parameter.minimum}`;
      const to = parameter.maximum === undefined ? '' : ` to ${parameter.maximum}`;
      const steps = parameter.step === undefined ? '' : `, in steps of ${parameter.step}`;
      return `${kind}${from}${to}${steps}`;
    }
  }
}
