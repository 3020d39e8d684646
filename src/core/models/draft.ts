import { type Checked, invalid, valid } from '../errors.ts';
import type { Models } from './models.ts';
import type { Profile } from './profile.ts';

/**
 * The profile with what makes a draft as its defaults: what somebody says, and what a rule says for them, still holds.
 * Fails with `input.no_draft` {model, known: models that have drafts}.
 */
export function draftOf(profile: Profile, models: Pick<Models, 'list'>): Checked<Profile> {
  const { draft } = profile;
  if (draft === undefined) {
    const known = models.list().flatMap((choice) => (choice.profile.draft ? [choice.profile.id] : []));
    return invalid('input.no_draft', { model: profile.id, known });
  }
  const parameters = Object.entries(profile.parameters).map(([name, parameter]) => {
    const value = Object.hasOwn(draft.parameters, name) ? draft.parameters[name] : undefined;
    return [name, value === undefined ? parameter : { ...parameter, default: value }];
  });
  return valid({ ...profile, parameters: Object.fromEntries(parameters) });
}
