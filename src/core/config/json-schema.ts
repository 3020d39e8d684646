import { z } from 'zod';
import { settingsSchema } from './schema.ts';

/** JSON Schema of the configuration file, for editors: `#:schema ./cosmos.schema.json` in its first line. */
export function configJsonSchema(): z.core.JSONSchema.JSONSchema {
  return {
    ...z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'throw' }),
    title: 'cosmos-bot configuration',
  };
}
