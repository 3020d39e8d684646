/** When to look at the lane again: at once, or after so many ms or a wake-up, whichever is first. */
export type NextLook = 'now' | number;
