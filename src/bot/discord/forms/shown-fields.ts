import type { Form, FormField, FormValues } from '../../../core/ports/chat-surfaces.ts';
import { FORM_LIMITS } from './form-limits.ts';

/** The fields that a modal has room for: the first ones, and those without which it could not be sent. */
export function shownFields({ fields }: Form): readonly FormField[] {
  const askable = fields.filter(
    ({ name, ...field }) =>
      name.length < FORM_LIMITS.customId && (field.kind !== 'choice' || field.choices.length > 0),
  );
  const needed = askable.filter((field) => field.required && field.initial === undefined);
  const chosen = new Set(needed.slice(0, FORM_LIMITS.fields));
  for (const field of askable) {
    if (chosen.size === FORM_LIMITS.fields) break;
    chosen.add(field);
  }
  return askable.filter((field) => chosen.has(field));
}

/** What stands in the fields, by name, as it would be sent if nobody touched it. */
function initialValues(fields: readonly FormField[]): FormValues {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = initialValue(field);
      return value === undefined ? [] : [[field.name, value] as const];
    }),
  );
}

/** What was filled in, of fields that a modal does not show: what stands in them also without that is left out. */
export function hiddenValues(form: Form, shown: readonly FormField[], usual: Form): FormValues {
  const hidden = form.fields.filter(({ name }) => !shown.some((field) => field.name === name));
  const before = initialValues(usual.fields);
  return Object.fromEntries(
    Object.entries(initialValues(hidden)).filter(([name, value]) => before[name] !== value),
  );
}

function initialValue(field: FormField): string | undefined {
  if (field.initial === undefined) return undefined;
  return field.kind === 'search' ? field.initial.value : String(field.initial);
}
