import { z } from 'zod';
import { profileShape } from './profile-shape.ts';

/** JSON Schema of a profile, for editors: `#:schema ./profile.schema.json` in its first line. */
export function profileJsonSchema(): z.core.JSONSchema.JSONSchema {
  return {
    ...z.toJSONSchema(profileShape, { io: 'input', unrepresentable: 'throw' }),
    title: 'cosmos-bot model profile',
  };
}
