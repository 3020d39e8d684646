import { listCard } from '../../thread-view/list-card.ts';
import { answered, type CommandHandler } from '../command-context.ts';
import { limitOf } from './list.ts';

export const search: CommandHandler = ({ api, views }, command) => {
  const text = command.rest.join(' ').trim();
  const prompts = api.searchPrompts(text, limitOf(command));
  const rows = prompts.map((prompt) => views.promptRow(prompt));
  const total = api.countSearchedPrompts(text);
  return answered(listCard({ what: 'prompts', rows, total, search: text }), prompts);
};
