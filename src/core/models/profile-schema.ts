import type { z } from 'zod';
import type { ErrorParameters } from '../errors.ts';
import type { ProfileId } from '../ids.ts';
import type { Profile } from './profile.ts';
import { type Flaw, profileFlaws } from './profile-flaws.ts';
import { profileShape } from './profile-shape.ts';

/** A whole profile: the shape, and all that must be true between its keys. */
export const profileSchema = profileShape.superRefine((data, context) => {
  for (const flaw of profileFlaws(asProfile(data))) {
    context.addIssue({
      code: 'custom',
      path: [...flaw.path],
      params: { code: 'config.profile_invalid', parameters: flawParameters(flaw) },
    });
  }
});

function flawParameters({ message, nearest }: Flaw): ErrorParameters {
  return nearest === undefined ? { detail: message } : { detail: message, nearest };
}

/** Parsed data with its id branded. */
export function asProfile(data: z.output<typeof profileShape>): Profile {
  return { ...data, id: data.id as ProfileId };
}
