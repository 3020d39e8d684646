import { checkView } from '../block-check.ts';
import { type JsonObject, stringAt } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { type BotCall, botMethod, type MethodTable } from '../method.ts';
import type { View } from '../model.ts';
import { Refusal } from '../refusal.ts';
import { newView, putOnTop, setContent, viewView } from '../views.ts';

/** Modals and Home tabs. */
export const viewMethods: MethodTable = {
  'views.open': botMethod('tier4', [], ['interactivity_pointer', 'trigger_id', 'view'], open),
  'views.push': botMethod('tier4', [], ['interactivity_pointer', 'trigger_id', 'view'], push),
  'views.update': botMethod('tier4', [], ['external_id', 'hash', 'view', 'view_id'], update),
  'views.publish': botMethod('tier4', [], ['hash', 'user_id', 'view'], publish),
};

function open(call: BotCall): JsonObject {
  const { world, workspace, app, args } = call;
  const content = checkView(args.json('view'), 'modal');
  refuseTakenExternalId(call, content);
  const trigger = world.interactions.exchange(args.text('trigger_id'), app);
  const view = newView(workspace, { appId: app.id, user: trigger.user, type: 'modal', content });
  // Whatever was open before is gone: a person has one stack of modals.
  for (const id of workspace.modals.get(trigger.user) ?? []) workspace.views.delete(id);
  workspace.modals.set(trigger.user, []);
  putOnTop(workspace, view);
  world.changes.announce();
  return { view: viewView(call, view) };
}

function push(call: BotCall): JsonObject {
  const { world, workspace, app, args } = call;
  const content = checkView(args.json('view'), 'modal');
  refuseTakenExternalId(call, content);
  const trigger = world.interactions.exchange(args.text('trigger_id'), app);
  const stack = workspace.modals.get(trigger.user) ?? [];
  const top = stack.at(-1);
  if (top === undefined || trigger.view === undefined) throw new Refusal('not_found');
  if (stack.length >= LIMITS.viewStack) throw new Refusal('push_limit_reached');
  const view = newView(workspace, {
    appId: app.id,
    user: trigger.user,
    type: 'modal',
    content,
    previousId: top,
  });
  putOnTop(workspace, view);
  world.changes.announce();
  return { view: viewView(call, view) };
}

function update(call: BotCall): JsonObject {
  const { world, workspace, args, app } = call;
  const content = checkView(args.json('view'), 'modal');
  const id = args.text('view_id');
  const external = args.text('external_id');
  if (id === undefined && external === undefined) throw new Refusal('invalid_arguments');
  const view = [...workspace.views.values()].find(
    (each) =>
      each.appId === app.id && (each.id === id || (id === undefined && externalId(each) === external)),
  );
  if (view?.type !== 'modal') throw new Refusal('not_found');
  refuseOldHash(call, view);
  setContent(view, content);
  world.changes.announce();
  return { view: viewView(call, view) };
}

function publish(call: BotCall): JsonObject {
  const { world, workspace, args, app } = call;
  const user = args.required('user_id');
  if (!workspace.users.has(user)) throw new Refusal('user_not_found');
  const content = checkView(args.json('view'), 'home');
  const old = [...workspace.views.values()].find(
    (each) => each.type === 'home' && each.user === user && each.appId === app.id,
  );
  if (old) {
    refuseOldHash(call, old);
    setContent(old, content);
  }
  const view = old ?? newView(workspace, { appId: app.id, user, type: 'home', content });
  world.changes.announce();
  return { view: viewView(call, view) };
}

function refuseOldHash({ args }: BotCall, view: View): void {
  const hash = args.text('hash');
  if (hash !== undefined && hash !== view.hash) throw new Refusal('hash_conflict');
}

function refuseTakenExternalId({ workspace }: BotCall, content: JsonObject): void {
  const id = stringAt(content, 'external_id');
  if (id === undefined) return;
  if ([...workspace.views.values()].some((each) => externalId(each) === id)) {
    throw new Refusal('duplicate_external_id');
  }
}

function externalId(view: View): string | undefined {
  return stringAt(view.content, 'external_id');
}
