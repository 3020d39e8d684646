/** The title of a form, and what stands on the button that sends it; at most 24 characters each. */
interface FormWords {
  readonly title: string;
  readonly submit: string;
}

const BY_VERB: Readonly<Record<string, FormWords>> = {
  inference: { title: 'Run a prompt', submit: 'Run' },
  tune: { title: 'Tune and run', submit: 'Run' },
  create: { title: 'New prompt', submit: 'Create' },
  roles: { title: 'Roles of the files', submit: 'Change' },
  cancel: { title: 'Cancel a run', submit: 'Cancel it' },
  retry: { title: 'Run again', submit: 'Run' },
  rerun: { title: 'Run again', submit: 'Run' },
  upscale: { title: 'Make a video larger', submit: 'Upscale' },
  reproduce: { title: 'Reproduce a result', submit: 'Run' },
  enhance: { title: 'Find a better text', submit: 'Enhance' },
  rate: { title: 'Rate a result', submit: 'Rate' },
  discard: { title: 'Discard a prompt', submit: 'Discard' },
  restore: { title: 'Restore a prompt', submit: 'Restore' },
  logs: { title: 'Log of a run', submit: 'Show' },
  show: { title: 'Show a prompt or run', submit: 'Show' },
  search: { title: 'Search', submit: 'Search' },
  list: { title: 'List', submit: 'List' },
};

/** What a form of that verb is called. */
export function formWords(verb: string): FormWords {
  const title = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
  return BY_VERB[verb] ?? { title, submit: 'Send' };
}

/** What people read on fields that no profile and no command describes. */
export const FIELD_WORDS = {
  prompt: { label: 'Prompt', help: 'Type a part of its name, its text or its id' },
  run: { label: 'Run', help: 'Type the beginning of its id, or a part of its prompt’s name' },
  model: { label: 'Model' },
  draft: {
    label: 'Draft',
    /** `values`: what makes it a draft, such as `num_steps 8`. */
    help: (values: string) => `A quick look (${values}); its result has a button for the full run`,
  },
  /** Before values that show how several are typed, one run for each. */
  several: 'or several:',
  assignments: 'One in each line',
  yes: 'yes',
  no: 'no',
} as const;

/** Beside a file that was sent for a prompt and that it does not use. */
export const OFFER_HELP = 'Not used so far; it takes the place of the file with that role';

/** A form of another version of the bot was sent. */
export const FORM_TOO_OLD = 'This form was made by another version of the bot. Close it and open it again.';
