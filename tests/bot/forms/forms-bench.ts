import { onTestFinished } from 'vitest';
import type { CommandResult } from '../../../src/bot/commands/command-context.ts';
import { parseWords } from '../../../src/bot/commands/parse.ts';
import { COMMANDS } from '../../../src/bot/commands/registry.ts';
import { HANDLERS } from '../../../src/bot/commands/verbs/index.ts';
import { createSurfaces } from '../../../src/bot/forms/surfaces.ts';
import type { ChatReference, ChatUser, Inbound } from '../../../src/core/ports/chat.ts';
import type {
  ChatSurfaces,
  Form,
  FormField,
  FormResult,
  FormValues,
} from '../../../src/core/ports/chat-surfaces.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { CHANNEL } from '../../fakes/fake-chat.ts';
import { TWO_MODELS } from '../../support/two-models.ts';
import { must, openWorkbench, type Workbench } from '../../support/workbench.ts';

type Command = Extract<Inbound, { kind: 'command' | 'click' }>;

export const ANA: ChatUser = { id: 'U_ana', name: 'ana', groups: [] };
export const BEN: ChatUser = { id: 'U_ben', name: 'ben', groups: [] };

const WITH_ROLES = `${TWO_MODELS}
[[access.rules]]
role = "admin"
users = ["U_ben"]

[[access.rules]]
role = "viewer"
users = ["U_eve"]
`;

/** What people fill in, without a platform. */
export class FormsBench {
  readonly bench: Workbench;
  readonly surfaces: ChatSurfaces;

  private constructor(bench: Workbench) {
    this.bench = bench;
    this.surfaces = createSurfaces(bench.bot.parts);
  }

  static async open(config = WITH_ROLES): Promise<FormsBench> {
    const bench = await openWorkbench({ config });
    onTestFinished(async () => await bench.bot.close());
    return new FormsBench(bench);
  }

  get forms() {
    return this.surfaces.forms;
  }

  typed(text: string, user = ANA, where: ChatReference = CHANNEL): Form | undefined {
    return this.forms.open({ ...this.#event(user, where), kind: 'command', text } satisfies Command);
  }

  clicked(verb: string, target = '', user = ANA): Form | undefined {
    const event = { ...this.#event(user, CHANNEL), kind: 'click', verb, target, arguments: [] } as const;
    return this.forms.open(event);
  }

  /** Sends a form with what it holds already and what is filled in. */
  send(form: Form | undefined, values: FormValues = {}): FormResult {
    return this.forms.submit(opened(form).state, { ...initialValues(form), ...values });
  }

  /** What the words of a form do. */
  async execute(result: FormResult, name = 'ana'): Promise<CommandResult> {
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const { api, views } = this.bench.bot.parts;
    const command = must(parseWords(result.words, COMMANDS));
    const context = {
      api,
      views,
      actor: this.bench.actor(name),
      role: 'operator',
      localFiles: false,
    } as const;
    return await HANDLERS[command.verb](context, command);
  }

  async run(parameters: Record<string, unknown> = {}, model = 'transfer1'): Promise<Run> {
    const prompt = await this.bench.prompt();
    return must(this.bench.api.queueRun(this.bench.actor(), { prompt, model, parameters }));
  }

  #event(user: ChatUser, where: ChatReference) {
    return { dedupeKey: 'E1', where, user, at: this.bench.clock.now() };
  }
}

export function opened(form: Form | undefined): Form {
  if (form === undefined) throw new Error('no form was opened');
  return form;
}

export function field(form: Form | undefined, name: string): FormField {
  const found = opened(form).fields.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no field ${name}`);
  return found;
}

export function names(form: Form | undefined): string[] {
  return opened(form).fields.map(({ name }) => name);
}

/** What a platform sends where nobody changes anything. */
export function initialValues(form: Form | undefined): FormValues {
  return Object.fromEntries(
    opened(form).fields.flatMap((each) => {
      if (each.initial === undefined) return [];
      return [[each.name, typeof each.initial === 'object' ? each.initial.value : String(each.initial)]];
    }),
  );
}
