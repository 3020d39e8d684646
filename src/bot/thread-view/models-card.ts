import type { Card, Text } from '../../core/ports/chat.ts';
import { memoryWishWords } from '../wording/gpu-memory-words.ts';
import { count } from '../wording/numbers.ts';
import { line, paragraph } from './text.ts';
import type { ModelParameter, ModelView } from './views.ts';

/** All models, one row each. */
export function modelsCard(models: readonly ModelView[]): Card {
  return {
    mark: 'none',
    title: ['Models'],
    blocks: [
      {
        type: 'rows',
        rows: models.map((model): readonly Text[] => [
          [{ strong: model.model }],
          [model.title],
          [hostWords(model)],
        ]),
      },
      paragraph('More about one of them: ', { code: `models ${models[0]?.model ?? 'MODEL'}` }),
    ],
    actions: [],
  };
}

/** One model with the files that it takes and its parameters. */
export function modelCard(model: ModelView): Card {
  const inputs = model.inputs.map((input) => (input.required ? `${input.role} (needed)` : input.role));
  return {
    mark: 'none',
    title: line({ strong: model.model }, ` · ${model.title}`),
    blocks: [
      paragraph(model.description),
      paragraph(
        `Takes ${inputs.length === 0 ? 'no files' : inputs.join(', ')}. ${gpuWords(model)}${capital(hostWords(model))}.`,
      ),
      ...(model.parameters.length === 0
        ? []
        : [{ type: 'rows' as const, rows: model.parameters.map(parameterRow) }]),
    ],
    actions: [],
  };
}

function parameterRow(parameter: ModelParameter): readonly Text[] {
  return [
    [{ code: parameter.name }],
    line(parameter.values, parameter.default !== undefined && `, usually ${parameter.default}`),
    line(parameter.help ?? ''),
  ];
}

function hostWords(model: ModelView): string {
  return model.hosts.length === 0 ? 'no host runs it' : `on ${model.hosts.join(', ')}`;
}

/** A sentence for models that need GPUs. */
function gpuWords({ gpus }: ModelView): string {
  if (gpus === undefined) return '';
  const { minimum, maximum, memory } = gpus;
  const upTo = maximum === undefined ? ' or more' : ` to ${maximum}`;
  const number = maximum === minimum ? count(minimum, 'GPU') : `${minimum}${upTo} GPUs`;
  return `Needs ${number}${memory === undefined ? '' : ` with ${memoryWishWords(memory)}`}. `;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
