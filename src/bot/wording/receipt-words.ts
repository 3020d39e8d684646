/** Shown at once to whoever gave a command, until there is more to say. */
export const RECEIPT = 'Noted. What comes of it is shown here or in a thread.';

/** A form is not remembered: it was opened before a restart, or long ago. */
export const FORM_FORGOTTEN =
  'I do not remember this form any more; nothing was done. Please give the command again.';

/** Above what is wrong with a form. */
export const FORM_PROBLEMS = 'That does not work yet; nothing was done.';

/** On the button that opens a form again with what was filled in. */
export const FORM_AGAIN = 'Change it';
