import type { Principal } from '../../core/access/principal.ts';
import type { AccessRole } from '../../core/config/config.ts';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Problem } from '../../core/errors.ts';
import type { ThreadId } from '../../core/ids.ts';
import type { Card, CardAction } from '../../core/ports/chat.ts';
import { isFinished, type Run } from '../../core/runs/run.ts';
import type { WorkProgress } from '../../core/sequences/sequence-maker.ts';
import { problemCard } from '../thread-view/answer-card.ts';
import type { ViewBuilder } from '../thread-view/view-builder.ts';
import type { PromptView } from '../thread-view/views.ts';
import type { ParsedCommand } from './arguments.ts';
import type { CommandVerb } from './registry.ts';

/** Who asks, and where it is answered. */
export interface CommandContext {
  readonly api: CosmosApi;
  readonly views: ViewBuilder;
  readonly actor: Principal;
  /** What the access rules give the actor here. */
  readonly role: AccessRole;
  /** Paths that are typed are files of the person's own machine; elsewhere they would be the bot's. */
  readonly localFiles: boolean;
  /** The thread that shows what the command makes, opened where there is none; absent on the command line. */
  readonly openThread?: (title: string) => Promise<ThreadId>;
  /** The same event again has the same key, so that it has one effect. */
  readonly idempotencyKey?: string;
  /** Told while work on files goes on. */
  readonly onProgress?: (progress: WorkProgress) => void;
  /** Leaves off what takes long. */
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  /** What a person reads; absent where the thread itself shows the effect. */
  readonly card?: Card;
  /** Nobody but the person has to read the card. */
  readonly isPrivate?: boolean;
  /** What `--json` prints. */
  readonly data: unknown;
  /** Nothing was done. */
  readonly failed: boolean;
}

/** What the view of a prompt has to know of where it is read. */
export function whereRead({ openThread }: CommandContext): Pick<PromptView, 'inShell'> {
  return openThread === undefined ? { inShell: true } : {};
}

/** What a verb does; its words fit the registry already. */
export type CommandHandler = (
  context: CommandContext,
  command: ParsedCommand<CommandVerb>,
) => CommandResult | Promise<CommandResult>;

/** A run as `--json` prints it: of one that has ended, where it stood last is no news. */
export function runData(run: Run): Run {
  if (!isFinished(run.state)) return run;
  const { progress: _, ...rest } = run;
  return rest;
}

export function answered(card: Card | undefined, data: unknown): CommandResult {
  return { data, failed: false, ...(card && { card }) };
}

export function refused(
  problems: readonly [Problem, ...Problem[]],
  actions: readonly CardAction[] = [],
): CommandResult {
  return { card: problemCard(problems, actions), data: { problems }, failed: true };
}
