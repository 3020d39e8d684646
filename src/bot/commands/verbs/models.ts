import { nearest } from '../../../core/nearest.ts';
import { modelCard, modelsCard } from '../../thread-view/models-card.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';

export const models: CommandHandler = ({ api, views }, command) => {
  const available = api.models().map((choice) => views.model(choice));
  const name = command.arguments['model'];
  if (name === undefined) return answered(modelsCard(available), available);
  const found = available.find(({ model }) => model === name);
  if (found !== undefined) return answered(modelCard(found), found);
  const known = available.map(({ model }) => model);
  const guess = nearest(name, known);
  return refused([
    { code: 'input.model_unknown', parameters: { model: name, known, ...(guess && { nearest: guess }) } },
  ]);
};
