/** What somebody reads who follows a link to a file. */
export const WEB_WORDS = {
  notFound:
    'There is nothing here. If you followed a link to a video, copy it whole, or ask for a new one with "Details" under the result.\n',
  failed: 'This did not work; the log of the bot says why. Try again later.\n',
  /** `run`: of a link that this bot has signed. */
  expired: (run: string) =>
    `This link has expired. For a new one, click "Details" under the result, or write /cosmos show ${run}\n`,
  gone: (run: string) =>
    `This file is not there any more. /cosmos show ${run} says what is left of the run; "Run again" makes it anew.\n`,
} as const;
