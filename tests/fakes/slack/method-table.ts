import type { MethodTable } from './method.ts';
import { appMethods } from './methods/apps.ts';
import { chatMethods } from './methods/chat.ts';
import { conversationMethods } from './methods/conversations.ts';
import { fileMethods } from './methods/files.ts';
import { peopleMethods } from './methods/people.ts';
import { viewMethods } from './methods/views.ts';

/** Every Web API method of the fake, by its name. */
export const METHODS: MethodTable = {
  ...appMethods,
  ...chatMethods,
  ...conversationMethods,
  ...fileMethods,
  ...peopleMethods,
  ...viewMethods,
};

/** The methods that the fake implements, sorted: whatever a bot calls must be among them. */
export const implementedMethods: readonly string[] = Object.keys(METHODS).sort();
