import { z } from 'zod';
import { ACCESS_ROLES } from './config.ts';
import { PLATFORMS } from './reserved.ts';

const CONDITIONS = ['platform', 'tenant', 'users', 'groups', 'channels'] as const;

const ids = z.array(z.string().min(1)).min(1);

const ruleSchema = z
  .strictObject({
    role: z.enum(ACCESS_ROLES).describe('What those whom the rule fits may do.'),
    platform: z.exactOptional(z.enum(PLATFORMS)).describe('Fits people of this chat only.'),
    tenant: z.exactOptional(z.string().min(1)).describe('Fits people of this workspace or guild id only.'),
    users: z.exactOptional(ids).describe('Fits these user ids only.'),
    groups: z
      .exactOptional(ids)
      .describe(
        'Fits members of one of these group or role ids only; `guest` and `stranger` are groups too.',
      ),
    channels: z.exactOptional(ids).describe('Fits in these channel ids only.'),
  })
  .superRefine((rule, context) => {
    // A condition that was misspelt is told as that.
    if (context.issues.length > 0 || CONDITIONS.some((key) => rule[key] !== undefined)) return;
    // A rule that fits everybody is a second default, and `role = "admin"` alone would open the bot to all.
    context.addIssue({
      code: 'custom',
      params: { code: 'config.missing_key', parameters: { keys: CONDITIONS } },
    });
  });

/** `[access]` and `[[access.rules]]`. */
export const accessSchema = z.strictObject({
  default: z
    .enum(ACCESS_ROLES)
    .default('operator')
    .describe("Role of everybody whom no rule fits; at the bot's own machine that is admin."),
  guests: z
    .enum(ACCESS_ROLES)
    .default('viewer')
    .describe('Role of guests of a workspace whom no rule names by `users` or `groups`.'),
  strangers: z
    .enum(ACCESS_ROLES)
    .default('none')
    .describe(
      'Role of people of other organisations in a shared channel whom no rule names by `users` or `groups`.',
    ),
  rules: z.array(ruleSchema).default([]).describe('Further roles; each rule needs at least one condition.'),
});
