/** `{{` and `}}` are literal braces; `{name}` is a placeholder, whatever the name. */
const TOKEN = /\{\{|\}\}|\{([^{}]*)\}/g;
const WHOLE = /^\{([^{}]+)\}$/;

/** Before a name: its value as a JSON text, in quotes. */
export const JSON_PREFIX = 'json.';

/** The names of a template's placeholders, in order. */
export function placeholderNames(template: string): readonly string[] {
  return [...template.matchAll(TOKEN)].flatMap(({ 1: name }) =>
    name === undefined ? [] : [name.startsWith(JSON_PREFIX) ? name.slice(JSON_PREFIX.length) : name],
  );
}

/** The name where the template is one placeholder and nothing else. */
export function wholePlaceholder(template: string): string | undefined {
  return WHOLE.exec(template)?.[1];
}

/** Puts values in place of placeholders, once: what a value itself contains is never looked at. */
export function fillIn(template: string, replacement: (name: string) => string): string {
  return template.replaceAll(TOKEN, (token: string, name: string | undefined) => {
    if (name !== undefined) return replacement(name);
    return token === '{{' ? '{' : '}';
  });
}

/** Values that every profile can use; a parameter or a file must not take one of these names. */
export const BUILT_IN_PLACEHOLDERS = [
  'tool',
  'flags',
  'attempt',
  'attempt_id',
  'input',
  'output',
  'prompt',
  'negative_prompt',
  'gpus',
  'gpu_count',
] as const;

/** These stand for several words (or none) and can only be a whole word of argv. */
export const WORD_LISTS: ReadonlySet<string> = new Set(['tool', 'flags']);

export const INPUT_PREFIX = 'input.';

/** What of an input can stand in a job beside its path: `{input.color.fps}`. */
export const INPUT_FACTS = ['width', 'height', 'fps', 'frames'] as const;

/** The placeholders of an input: its path and its facts. */
export function inputPlaceholders(role: string): readonly string[] {
  return [INPUT_PREFIX + role, ...INPUT_FACTS.map((fact) => `${INPUT_PREFIX}${role}.${fact}`)];
}
