import type { ModelTask } from '../../core/models/tasks.ts';
import type { RunState } from '../../core/runs/run.ts';

/** Roles of the access rules; each may do what the ones before it may. */
export type CommandRole = 'viewer' | 'operator' | 'admin';

/** What a positional argument holds; tells completion and typed platforms what to offer. */
export type ArgumentKind =
  | 'prompt_id'
  | 'run_id'
  | 'request_id'
  | 'prompt_or_run'
  | 'run_or_request'
  | 'any_id'
  | 'text'
  | 'choice'
  | 'number'
  | 'path';

/** What a text names: platforms that complete while somebody types offer these. */
export type HeldName = 'model' | 'prompt_id';

export interface ArgumentDefinition {
  /** Name in usage lines and in `ParsedCommand.arguments`. */
  readonly name: string;
  readonly kind: ArgumentKind;
  readonly help: string;
  readonly required: boolean;
  /** Takes all remaining words; only the last argument may. */
  readonly variadic?: boolean;
  /** A `text` that may have several lines. */
  readonly multiline?: boolean;
  /** What a `text` names. */
  readonly holds?: HeldName;
  /** Words that a `choice` allows, the singular forms included. */
  readonly choices?: readonly string[];
  /** Bounds of a `number`, both included. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Runs in these states are offered, and meant where the id is left out; all where absent. */
  readonly states?: readonly RunState[];
  /** Role that what belongs to others takes: whoever has a lower one is offered their own. */
  readonly othersTake?: CommandRole;
}

export interface OptionDefinition {
  /** Without the dashes: `dry-run`. */
  readonly name: string;
  /** `flag` takes no value. `number` is a whole number. `frame_rate` is what `readFrameRate` reads, and stays as typed. */
  readonly type: 'flag' | 'text' | 'number' | 'frame_rate' | 'choice';
  /** A `text` that may have several lines. */
  readonly multiline?: boolean;
  /** What a `text` names. */
  readonly holds?: HeldName;
  readonly help: string;
  /** Essential options become options of a platform's own command form; all are typed as `--name`. */
  readonly essential: boolean;
  readonly choices?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Role that a value above `value` asks for. */
  readonly roleAbove?: { readonly value: number; readonly role: CommandRole };
  /** Only on the command line: it makes no sense in a chat. */
  readonly commandLineOnly?: boolean;
}

/** Free `name=value` words after the arguments. */
export interface AssignmentsDefinition {
  /** What the words are: platforms with typed options have one for each essential parameter of the models. */
  readonly holds?: 'parameters';
  /** How usage lines write one: `parameter=value`, `file=role`. */
  readonly pattern: string;
  readonly help: string;
  readonly required: boolean;
  /** At which `=` a word is divided: file names may hold one, parameter names never do. */
  readonly divide: 'first' | 'last';
}

/** One verb, for the chat parser, help, the command line, platforms' own forms and the documentation. */
export interface CommandDefinition {
  readonly aliases: readonly string[];
  /** One line, begins with a verb, ends without a stop. */
  readonly summary: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly options: readonly OptionDefinition[];
  readonly assignments?: AssignmentsDefinition;
  /** What the models do that it offers; `generate` where absent. */
  readonly task?: ModelTask;
  /** Typed after the verb's platform prefix: `inference ps_7k2m9x4d edge=0.8`. */
  readonly examples: readonly string[];
  readonly role: CommandRole;
  /**
   * What platforms that can show forms ask for in its place: the parameters of a model where no prompt is said
   * (`parameters`) or for the prompt or run that is said (`tune`), or the roles of the files of a prompt where none is
   * said. Other verbs are asked for what they need and do not have.
   */
  readonly form?: 'parameters' | 'tune' | 'roles';
  /** Role that a word of a `choice` argument asks for, where it is not `role`. */
  readonly roleOfChoice?: Readonly<Record<string, CommandRole>>;
}

export type CommandTable = Readonly<Record<string, CommandDefinition>>;

/** Where a command is typed: some options exist on the command line only. */
export type CommandSurface = 'chat' | 'command_line';

/** The options of a verb that exist on `surface`, in order. */
export function optionsOn(
  definition: CommandDefinition,
  surface: CommandSurface,
): readonly OptionDefinition[] {
  return definition.options.filter((option) => surface === 'command_line' || option.commandLineOnly !== true);
}
