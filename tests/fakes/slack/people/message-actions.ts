import type { JsonObject } from '../json.ts';
import { messageView } from '../message-view.ts';
import type { Message } from '../model.ts';
import { messageIn } from '../workspace.ts';
import { type Actor, type Asked, actionTime, ask, installationOf, payloadBase } from './asking.ts';
import { type Entered, enteredState, optionsOf } from './choosing.ts';
import type { SeenControl, SeenMessage } from './seen.ts';

/** Presses a button, by its text or action id. */
export async function clickMessage(actor: Actor, message: SeenMessage, name: string): Promise<Asked> {
  const control = controlNamed(message, name);
  const { text, value } = control.element;
  return await act(actor, message, control, {
    type: control.type,
    text,
    ...(value === undefined ? {} : { value }),
  });
}

/** Chooses from a menu, by its placeholder or action id. */
export async function chooseInMessage(
  actor: Actor,
  message: SeenMessage,
  name: string,
  entered: Entered,
): Promise<Asked> {
  const control = controlNamed(message, name);
  return await act(actor, message, control, enteredState(control, entered, optionsOf(control.element)));
}

/** Picks a message shortcut from a message's menu. */
export async function useShortcut(actor: Actor, message: SeenMessage, callbackId: string): Promise<Asked> {
  const { world, workspace, user } = actor;
  const { app } = installationOf(actor);
  const channel = workspace.channel(message.channel);
  const found = storedMessage(actor, message);
  return await ask(world, app, 'interactive', {
    type: 'message_action',
    ...payloadBase(actor, app),
    callback_id: callbackId,
    trigger_id: world.interactions.trigger(app, workspace, user.id),
    response_url: responseUrl(actor, message, app.id),
    message_ts: found.ts,
    channel: { id: channel.id, name: channel.name },
    message: messageView(workspace, found, { origin: world.origin }),
    action_ts: actionTime(world),
  });
}

/** The message itself. Throws when it is gone: nobody can do anything with it then. */
export function storedMessage({ workspace }: Actor, message: SeenMessage): Message {
  const found = messageIn(workspace.channel(message.channel), message.ts);
  if (!found) throw new Error(`the message ${message.ts} is not there any more`);
  return found;
}

async function act(
  actor: Actor,
  message: SeenMessage,
  control: SeenControl,
  state: JsonObject,
): Promise<Asked> {
  const { world, workspace, user } = actor;
  const found = storedMessage(actor, message);
  const channel = workspace.channel(message.channel);
  const { app } = installationOf(actor, found.appId);
  return await ask(world, app, 'interactive', {
    type: 'block_actions',
    ...payloadBase(actor, app),
    container: {
      type: 'message',
      message_ts: found.ts,
      channel_id: channel.id,
      is_ephemeral: message.ephemeral,
      ...(found.threadTs === undefined ? {} : { thread_ts: found.threadTs }),
    },
    trigger_id: world.interactions.trigger(app, workspace, user.id),
    channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
    // The content of an ephemeral message is not sent back.
    ...(message.ephemeral ? {} : { message: messageView(workspace, found, { origin: world.origin }) }),
    state: { values: {} },
    response_url: responseUrl(actor, message, app.id),
    actions: [
      { ...state, action_id: control.actionId, block_id: control.blockId, action_ts: actionTime(world) },
    ],
  });
}

function responseUrl(actor: Actor, message: SeenMessage, appId: string): string {
  const { world, workspace, user } = actor;
  const secret = world.interactions.response({
    app: installationOf(actor, appId).app,
    workspace,
    channel: workspace.channel(message.channel),
    user: user.id,
    original: { ts: message.ts },
    threadTs: message.threadTs,
  });
  return `${world.origin}/response/${secret}`;
}

function controlNamed(message: SeenMessage, name: string): SeenControl {
  const found =
    message.controls.find((each) => each.text === name || each.actionId === name) ??
    message.controls.find((each) => each.text.includes(name));
  if (!found) {
    const names = message.controls.map((each) => each.text || each.actionId).join(', ');
    throw new Error(`the message has no ${name}, but ${names || 'nothing to press'}`);
  }
  return found;
}
