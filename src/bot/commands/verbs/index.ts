import type { CommandHandler } from '../command-context.ts';
import type { CommandVerb } from '../registry.ts';
import { cancel } from './cancel.ts';
import { confirm } from './confirm.ts';
import { create } from './create.ts';
import { discard, restore } from './discard.ts';
import { enhance } from './enhance.ts';
import { fit } from './fit.ts';
import { help } from './help.ts';
import { inference } from './inference.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { models } from './models.ts';
import { preview } from './preview.ts';
import { promote } from './promote.ts';
import { queue } from './queue.ts';
import { rate } from './rate.ts';
import { reproduce } from './reproduce.ts';
import { rerun } from './rerun.ts';
import { retry } from './retry.ts';
import { roles } from './roles.ts';
import { search } from './search.ts';
import { show } from './show.ts';
import { status } from './status.ts';
import { tune } from './tune.ts';
import { upscale } from './upscale.ts';

/** What each verb of the registry does. */
export const HANDLERS = {
  create,
  inference,
  confirm,
  tune,
  list,
  show,
  search,
  status,
  queue,
  logs,
  cancel,
  rate,
  retry,
  promote,
  rerun,
  upscale,
  enhance,
  preview,
  fit,
  reproduce,
  models,
  roles,
  discard,
  restore,
  help,
} as const satisfies Record<CommandVerb, CommandHandler>;
