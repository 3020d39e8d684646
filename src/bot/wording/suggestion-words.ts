/** What stands on the button for what was probably meant, by what the button does. */
export const SUGGESTION_WORDS = {
  show: 'Show it',
  logs: 'Its log',
  retry: 'Retry it',
  rerun: 'Run it again',
  promote: 'At full quality',
  inference: 'Run it',
  upscale: 'Upscale it',
  enhance: 'Enhance it',
  preview: 'Preview it',
  fit: 'See what fits',
  reproduce: 'Reproduce it',
} as const satisfies Readonly<Record<string, string>>;

export type SuggestedVerb = keyof typeof SUGGESTION_WORDS;

/** On the button that asks for a form again, where it could not be shown in time. */
export const OPEN_AGAIN = 'Open it again';
