import { ROLES, type Role } from '../prompts/prompt.ts';
import type { Profile } from './profile.ts';
import type { Flaw } from './profile-flaws.ts';

const SOUND_KEYS = ['sample_rate', 'channels', 'max_seconds'] as const;
const VIDEO_KEYS = ['max_long_side', 'max_short_side', 'max_frames', 'fps'] as const;

/** Keys of an input that mean nothing for its kind of file, or contradict each other. */
export function inputFlaws({ inputs }: Profile): Flaw[] {
  const roles = Object.keys(inputs) as Role[];
  return roles.flatMap((role) => {
    const { prepare, min_seconds: least, max_seconds: most } = inputs[role] ?? {};
    const kind = ROLES[role];
    const path = ['inputs', role];
    const strange =
      kind === 'video' ? SOUND_KEYS : kind === 'audio' ? VIDEO_KEYS : [...SOUND_KEYS, ...VIDEO_KEYS];
    const flaws = strange
      .filter((key) => prepare?.[key] !== undefined)
      .map((key) => ({
        path: [...path, 'prepare', key],
        message: `means nothing for a file of kind ${kind}`,
      }));
    const needsRate =
      prepare?.sample_rate === undefined &&
      (prepare?.channels !== undefined || prepare?.max_seconds !== undefined) &&
      kind === 'audio';
    return [
      ...flaws,
      ...(needsRate ? [{ path: [...path, 'prepare', 'sample_rate'], message: 'is missing' }] : []),
      ...(kind !== 'audio' && (least !== undefined || most !== undefined)
        ? [{ path, message: `min_seconds and max_seconds mean nothing for a file of kind ${kind}` }]
        : []),
      ...((least ?? 0) > (most ?? Infinity) ? [{ path, message: 'min_seconds is above max_seconds' }] : []),
    ];
  });
}
