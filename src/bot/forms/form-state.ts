import { z } from 'zod';
import { ACCESS_ROLES } from '../../core/config/config.ts';
import { COMMANDS, type CommandVerb } from '../commands/registry.ts';

/** Longest state, in characters, as the port for forms says. */
const MAXIMUM_CHARACTERS = 1_000;

const verb = z.custom<CommandVerb>((value) => typeof value === 'string' && Object.hasOwn(COMMANDS, value));

const schema = z.strictObject({
  verb,
  /** Id of the prompt or run that it was opened for. */
  target: z.string().exactOptional(),
  /** What its opener may do where it was opened; what is sent is checked again. */
  role: z.enum(ACCESS_ROLES),
  platform: z.string(),
  tenant: z.string(),
  /** Words that were typed and that no field shows. */
  words: z.array(z.string()).readonly(),
  /** The model whose parameters it shows. */
  model: z.string().exactOptional(),
  /** Whether its box for a draft is ticked; absent while none was shown. */
  draft: z.boolean().exactOptional(),
});

/** What a form is about; it travels with the form, so that a restart of the bot loses none. */
export type FormState = Readonly<z.output<typeof schema>>;

/** Undefined where it is too long to travel. */
export function encodeState(state: FormState): string | undefined {
  const text = JSON.stringify(state);
  return text.length <= MAXIMUM_CHARACTERS ? text : undefined;
}

/** Undefined for what another version of the bot has made. */
export function decodeState(text: string): FormState | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
