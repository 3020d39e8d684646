import { type Checked, valid } from '../../core/errors.ts';
import type { Inbound } from '../../core/ports/chat.ts';
import { bindWords, type ParsedCommand } from './arguments.ts';
import { type CommandLine, readLine, readWords } from './parse.ts';
import { COMMANDS, type CommandVerb } from './registry.ts';
import { type AbsentId, withAbsentId } from './thread-ids.ts';

type Command = Exclude<Inbound, { kind: 'upload' }>;

/** The verb and the words of what was typed, filled in or clicked; a button without a target has none. */
export function readEvent(event: Command): Checked<CommandLine<CommandVerb>> {
  switch (event.kind) {
    case 'command':
      return readLine(event.text, COMMANDS);
    case 'form':
      return readWords(event.words, COMMANDS);
    case 'click': {
      const target = event.target === '' ? [] : [event.target];
      return readWords([event.verb, ...target, ...event.arguments], COMMANDS);
    }
  }
}

/** The same as a command, with the id that may be left out in its thread. */
export function parseEvent(event: Command, absent: AbsentId): Checked<ParsedCommand<CommandVerb>> {
  const read = readEvent(event);
  if (!read.ok) return read;
  const { verb, words } = read.value;
  const bound = bindWords(verb, COMMANDS[verb], withAbsentId(COMMANDS[verb], words, absent));
  return bound.ok ? valid(bound.value) : bound;
}
