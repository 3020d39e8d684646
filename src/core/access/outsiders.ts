/** Groups that a chat adds to those of people whom the team does not employ; access rules may name them. */

/** A guest of the workspace. */
export const GUEST_GROUP = 'guest';

/** Somebody of another organisation, in a channel that both share. */
export const STRANGER_GROUP = 'stranger';
