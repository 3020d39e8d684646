import { isObject, type JsonObject, objectsOf } from '../../slack/json.ts';
import { LIMITS } from '../limits.ts';
import { OPTION_TYPES } from '../numbers.ts';
import { Complaints, invalid } from './complaints.ts';

const CHAT_INPUT = 1;
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const { SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER, ATTACHMENT } = OPTION_TYPES;

/** Limits of one command. Throws 50035. */
export function checkCommand(command: JsonObject): void {
  const complaints = new Complaints();
  const type = command['type'] ?? CHAT_INPUT;
  complaints.choice('type', type, [1, 2, 3]);
  if (type === CHAT_INPUT) {
    checkName('name', command['name'], complaints);
    complaints.text('description', command['description'], 1, 100);
    checkOptions(command, '', 0, complaints);
    const total = charactersOf(command);
    if (total > LIMITS.commandTotal) {
      complaints.add(
        'options',
        'APPLICATION_COMMAND_TOO_LARGE',
        `Command exceeds maximum size (${LIMITS.commandTotal})`,
      );
    }
  } else {
    complaints.text('name', command['name'], 1, 32);
    if (command['description'] !== undefined && command['description'] !== '') {
      complaints.add('description', 'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION', 'Not allowed here');
    }
    if (objectsOf(command['options']).length > 0) {
      complaints.add('options', 'APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS', 'Not allowed here');
    }
  }
  complaints.raise();
}

/** How many there may be of each type, each name once. Throws 30032 or 50035. */
export function checkCommandSet(commands: readonly JsonObject[]): void {
  const names = commands.map((each) => `${each['type'] ?? CHAT_INPUT} ${each['name']}`);
  if (new Set(names).size < names.length) {
    throw invalid('name', 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
  }
  for (const [type, most] of [
    [1, LIMITS.commands],
    [2, LIMITS.messageCommands],
    [3, LIMITS.messageCommands],
  ] as const) {
    const count = commands.filter((each) => (each['type'] ?? CHAT_INPUT) === type).length;
    if (count > most)
      throw invalid('commands', 'BASE_TYPE_MAX_LENGTH', `Must be ${most} or fewer in length.`);
  }
}

function checkOptions(parent: JsonObject, path: string, depth: number, complaints: Complaints): void {
  const options = objectsOf(parent['options']);
  const at = (index: number) => `${path}options.${index}`;
  if (options.length > LIMITS.options) {
    complaints.add(`${path}options`, 'BASE_TYPE_MAX_LENGTH', `Must be ${LIMITS.options} or fewer in length.`);
  }
  const names = options.map((each) => each['name']);
  if (new Set(names).size < names.length) {
    complaints.add(`${path}options`, 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID', 'Names must be unique');
  }
  const firstOptional = options.findIndex((each) => each['required'] !== true);
  options.forEach((option, index) => {
    const type = option['type'];
    complaints.choice(`${at(index)}.type`, type, Object.values(OPTION_TYPES));
    checkName(`${at(index)}.name`, option['name'], complaints);
    complaints.text(`${at(index)}.description`, option['description'], 1, 100);
    const isCommand = type === SUBCOMMAND || type === GROUP;
    if (!isCommand && option['required'] === true && firstOptional >= 0 && index > firstOptional) {
      complaints.add(
        at(index),
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    if ((type === GROUP && depth > 0) || (type === SUBCOMMAND && depth > 1)) {
      complaints.add(at(index), 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Sub-command depth exceeded');
    }
    if (isCommand) checkOptions(option, `${at(index)}.`, type === GROUP ? depth + 1 : 2, complaints);
    else checkLeaf(option, at(index), complaints);
  });
  const mixed = options.some((each) => each['type'] === SUBCOMMAND || each['type'] === GROUP);
  if (mixed && options.some((each) => each['type'] !== SUBCOMMAND && each['type'] !== GROUP)) {
    complaints.add(
      `${path}options`,
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'Sub-commands and options cannot be mixed',
    );
  }
}

function checkLeaf(option: JsonObject, path: string, complaints: Complaints): void {
  const type = option['type'];
  const choices = objectsOf(option['choices']);
  if (choices.length > LIMITS.choices) complaints.length(`${path}.choices`, 0, LIMITS.choices);
  if (choices.length > 0 && option['autocomplete'] === true) {
    complaints.add(
      path,
      'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
      'Choices or autocomplete, not both',
    );
  }
  choices.forEach((choice, index) => {
    checkChoice(choice, `${path}.choices.${index}`, type, complaints);
  });
  const takesText = type === STRING || type === INTEGER || type === NUMBER;
  if (!takesText && (choices.length > 0 || option['autocomplete'] === true)) {
    complaints.add(path, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'This type has no choices');
  }
  const most = option['max_length'];
  if (most !== undefined && !(type === STRING && Number(most) >= 1 && Number(most) <= 6_000)) {
    complaints.add(`${path}.max_length`, 'NUMBER_TYPE_MAX', 'Must be between 1 and 6000, for strings only.');
  }
  if (option['file_types'] !== undefined && type !== ATTACHMENT) {
    complaints.add(`${path}.file_types`, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Only for attachments');
  }
}

/** A choice of an option, or one that autocomplete offers. */
export function checkChoice(choice: JsonObject, path: string, type: unknown, complaints: Complaints): void {
  complaints.text(`${path}.name`, choice['name'], 1, 100);
  const value = choice['value'];
  if (type === STRING) complaints.text(`${path}.value`, value, 1, 100);
  else if (typeof value !== 'number') complaints.required(`${path}.value`);
}

function checkName(path: string, name: unknown, complaints: Complaints): void {
  if (typeof name !== 'string' || !NAME.test(name) || name !== name.toLowerCase()) {
    complaints.add(path, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
}

/** Names, descriptions and choices of a command and of all its options together. */
export function charactersOf(command: JsonObject): number {
  const own = ['name', 'description', 'value'].reduce((sum, key) => {
    const value = command[key];
    return sum + (typeof value === 'string' ? value.length : 0);
  }, 0);
  const inner = [...objectsOf(command['options']), ...objectsOf(command['choices'])].filter(isObject);
  return own + inner.reduce((sum, each) => sum + charactersOf(each), 0);
}
