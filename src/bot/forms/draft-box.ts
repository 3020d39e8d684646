import type { ModelChoice } from '../../core/models/models.ts';
import type { FormField, FormValues } from '../../core/ports/chat-surfaces.ts';
import type { Run } from '../../core/runs/run.ts';
import { DRAFT } from '../commands/registry-parts.ts';
import { FIELD_WORDS } from '../wording/form-words.ts';
import type { FormState } from './form-state.ts';
import { choiceLabel, fieldLabel } from './label.ts';
import { optionFieldName } from './option-field.ts';

export const DRAFT_FIELD = optionFieldName(DRAFT);
const WORD = `--${DRAFT.name}`;

interface DraftSubject {
  readonly model: ModelChoice | undefined;
  /** The run that the next one comes from. */
  readonly run: Run | undefined;
}

interface DraftBox {
  /** None where the model has no drafts. */
  readonly fields: readonly FormField[];
  /** The form's, with what the box says now. */
  readonly state: FormState;
}

/** The box for a draft, ticked where that was typed, or where the run that is run again was one. */
export function draftBox(state: FormState, values: FormValues, { model, run }: DraftSubject): DraftBox {
  const given = values[DRAFT_FIELD] === undefined ? state.draft : values[DRAFT_FIELD] === 'true';
  const { draft } = model?.profile ?? {};
  // A word that no box has shown yet is still said: a model without drafts is refused with it.
  if (draft === undefined)
    return { fields: [], state: { ...state, ...(given !== undefined && { draft: given }) } };
  const initial = given ?? typedDraft(state) ?? (run?.profileId === model?.profile.id && isDraft(run));
  const settings = Object.entries(draft.parameters).map(([name, value]) => `${name} ${String(value)}`);
  const help = FIELD_WORDS.draft.help(settings.join(', '));
  return {
    fields: [
      {
        ...{ name: DRAFT_FIELD, kind: 'check', required: false, initial },
        label: fieldLabel(FIELD_WORDS.draft.label),
        help: choiceLabel(help),
      },
    ],
    state: { ...state, words: withoutDraft(state.words), draft: initial },
  };
}

/** What is to be said of drafts; undefined where nothing has to be. `isNow`: the run that is run again is one. */
export function askedDraft(state: FormState, values: FormValues, isNow: boolean): boolean | undefined {
  const ticked = values[DRAFT_FIELD];
  if (ticked === undefined) return typedDraft(state) || undefined;
  return (ticked === 'true') === isNow ? undefined : ticked === 'true';
}

export function isDraft(run: Pick<Run, 'draft'> | undefined): boolean {
  return (run?.draft ?? []).length > 0;
}

/** The other words of a command. */
export function withoutDraft(words: readonly string[]): readonly string[] {
  return words.filter((word) => !isDraftWord(word));
}

/** As it is typed. */
export function draftWord(draft: boolean): string {
  return draft ? WORD : `${WORD}=false`;
}

function typedDraft({ words }: FormState): boolean | undefined {
  const word = words.findLast(isDraftWord);
  return word === undefined ? undefined : !word.endsWith('=false');
}

function isDraftWord(word: string): boolean {
  return word === WORD || word.startsWith(`${WORD}=`);
}
