import type { App, Installation } from './app.ts';
import { elementsOf } from './block-check.ts';
import { newId, newSecret } from './ids.ts';
import { type JsonObject, objectAt, objectsOf, stringAt } from './json.ts';
import type { View } from './model.ts';
import type { Workspace } from './workspace.ts';

interface NewView {
  readonly appId: string;
  readonly user: string;
  readonly type: 'modal' | 'home';
  readonly content: JsonObject;
  /** The modal below it. */
  readonly previousId?: string;
}

/** Makes a view; a modal is not shown before `putOnTop`. */
export function newView(workspace: Workspace, options: NewView): View {
  const id = newId('V');
  const below = options.previousId === undefined ? undefined : workspace.views.get(options.previousId);
  const view: View = { ...options, id, rootId: below?.rootId ?? id, hash: '', values: new Map() };
  setContent(view, options.content);
  workspace.views.set(id, view);
  return view;
}

export function putOnTop(workspace: Workspace, view: View): void {
  workspace.modals.set(view.user, [...(workspace.modals.get(view.user) ?? []), view.id]);
}

/** Another content: inputs that keep their ids keep what was filled in. */
export function setContent(view: View, content: JsonObject): void {
  view.content = content;
  view.hash = `${Math.floor(Date.now() / 1000)}.${newSecret(4)}`;
  const kept = new Map<string, Map<string, JsonObject>>();
  for (const { blockId, element } of elementsOf(objectsOf(content['blocks']))) {
    const actionId = stringAt(element, 'action_id') ?? '';
    const value = view.values.get(blockId)?.get(actionId) ?? initialValue(element);
    if (value === undefined) continue;
    const ofBlock = kept.get(blockId) ?? new Map<string, JsonObject>();
    kept.set(blockId, ofBlock.set(actionId, value));
  }
  view.values.clear();
  for (const [blockId, values] of kept) view.values.set(blockId, values);
}

/** A view as the API and payloads show it. */
export function viewView(
  context: { workspace: Workspace; app: App; installation: Installation },
  view: View,
): JsonObject {
  const { workspace, app, installation } = context;
  const { content } = view;
  return {
    id: view.id,
    team_id: workspace.id,
    type: view.type,
    blocks: content['blocks'],
    private_metadata: stringAt(content, 'private_metadata') ?? '',
    callback_id: stringAt(content, 'callback_id') ?? '',
    state: { values: stateValues(view) },
    hash: view.hash,
    title: objectAt(content, 'title') ?? null,
    clear_on_close: content['clear_on_close'] ?? false,
    notify_on_close: content['notify_on_close'] ?? false,
    close: objectAt(content, 'close') ?? null,
    submit: objectAt(content, 'submit') ?? null,
    previous_view_id: view.previousId ?? null,
    root_view_id: view.rootId,
    app_id: app.id,
    external_id: stringAt(content, 'external_id') ?? '',
    app_installed_team_id: workspace.id,
    bot_id: installation.botId,
  };
}

/** What is filled in, by block id and action id. */
export function stateValues(view: View): JsonObject {
  return Object.fromEntries([...view.values].map(([block, values]) => [block, Object.fromEntries(values)]));
}

/** What an element holds before anybody touched it; undefined for what holds nothing. */
function initialValue(element: JsonObject): JsonObject | undefined {
  const type = stringAt(element, 'type') ?? '';
  switch (type) {
    case 'plain_text_input':
    case 'number_input':
      return { type, value: element['initial_value'] ?? null };
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { type, selected_option: element['initial_option'] ?? null };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { type, selected_options: element['initial_options'] ?? [] };
    case 'users_select':
      return { type, selected_user: element['initial_user'] ?? null };
    case 'channels_select':
      return { type, selected_channel: element['initial_channel'] ?? null };
    case 'conversations_select':
      return { type, selected_conversation: element['initial_conversation'] ?? null };
    case 'datepicker':
      return { type, selected_date: element['initial_date'] ?? null };
    case 'file_input':
      return { type, files: [] };
    default:
      return undefined;
  }
}
