import { onTestFinished } from 'vitest';
import type { CommandContext, CommandResult } from '../../../../src/bot/commands/command-context.ts';
import { parseCommand } from '../../../../src/bot/commands/parse.ts';
import { COMMANDS } from '../../../../src/bot/commands/registry.ts';
import { HANDLERS } from '../../../../src/bot/commands/verbs/index.ts';
import { must, openWorkbench, type Workbench } from '../../../support/workbench.ts';

/** The command line over a workbench. */
export class CommandBench {
  readonly bench: Workbench;
  opened = 0;

  constructor(bench: Workbench) {
    this.bench = bench;
  }

  static async open(config?: string): Promise<CommandBench> {
    const bench = await openWorkbench(config === undefined ? {} : { config });
    onTestFinished(async () => await bench.bot.close());
    return new CommandBench(bench);
  }

  async say(line: string, context: Partial<CommandContext> = {}): Promise<CommandResult> {
    const { api, views } = this.bench.bot.parts;
    const command = must(parseCommand(line, COMMANDS, 'command_line'));
    return await HANDLERS[command.verb](
      { api, views, actor: this.bench.actor(), role: 'operator', localFiles: true, ...context },
      command,
    );
  }

  /** As in a chat: what it makes is shown in a thread. */
  get inChat(): Partial<CommandContext> {
    const openThread = async () => {
      this.opened += 1;
      return this.bench.store.threads.ensure({ platform: 'fake' as never, tenant: 't', channel: 'c' }).id;
    };
    return { openThread, idempotencyKey: 'E1', localFiles: false };
  }
}

/** All words of what is answered. */
export function words({ card }: CommandResult): string {
  return JSON.stringify([card?.title, card?.blocks]);
}
