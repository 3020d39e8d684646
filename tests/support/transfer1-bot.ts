import type { DockerDaemon } from './docker-daemon.ts';
import { ModelBot } from './model-bot.ts';
import type { ClipOptions } from './sample-clips.ts';
import { TRANSFER1 } from './stand-ins.ts';

/** A whole bot on this machine whose GPU model is transfer1, with a stand-in where its program would be. */
export type Transfer1Bot = ModelBot;

export const Transfer1Bot = {
  /** In containers of `daemon`, or as plain processes where there is none. */
  open: (
    directory: string,
    daemon?: DockerDaemon,
    environment: Readonly<Record<string, string>> = {},
    clip: ClipOptions = {},
  ): Promise<ModelBot> =>
    ModelBot.open(directory, TRANSFER1, { ...(daemon && { daemon }), environment, clip }),
};
