/** Shown at once to whoever gave a command, until there is more to say. */
export const RECEIPT = 'Noted. What comes of it is shown here or in a thread.';

/** A form is not remembered: it was opened before a restart, or long ago. */
export const FORM_FORGOTTEN =
  'I do not remember this form any more; nothing was done. Please give the command again.';

/** Above what is wrong with a form. */
export const FORM_PROBLEMS = 'That does not work yet; nothing was done.';

/** On the button that opens a form again with what was filled in. */
export const FORM_AGAIN = 'Change it';

/** In plain words where a platform takes a text and no card. */
export const CANNOT_SHOW =
  'I may write here, but show nothing: I lack the permission Embed Links. Whoever manages this server can give it to my role; what was asked for goes on, and I show it in a direct message with me.';
