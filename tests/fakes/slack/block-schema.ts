import { z } from 'zod';
import {
  accessory,
  actionElement,
  anyText,
  identifier,
  image,
  imageElement,
  inputElement,
  markdownText,
  plainText,
  text,
} from './element-schema.ts';

const blockId = { block_id: identifier.optional() };

const section = z
  .strictObject({
    type: z.literal('section'),
    ...blockId,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine((value) => value.text !== undefined || value.fields !== undefined, 'missing required field: text');

/** Every block that a message, a modal or the Home tab may hold. */
export const block = z.discriminatedUnion('type', [
  section,
  z.strictObject({ type: z.literal('divider'), ...blockId }),
  z.strictObject({ type: z.literal('header'), ...blockId, text: plainText(150) }),
  z.strictObject({
    type: z.literal('context'),
    ...blockId,
    elements: z
      .array(z.discriminatedUnion('type', [plainText(3000), markdownText(3000), imageElement]))
      .min(1)
      .max(10),
  }),
  z.strictObject({ type: z.literal('actions'), ...blockId, elements: z.array(actionElement).min(1).max(25) }),
  z.strictObject({
    type: z.literal('input'),
    ...blockId,
    label: plainText(2000),
    element: inputElement,
    hint: plainText(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
  }),
  z
    .strictObject({ type: z.literal('image'), ...blockId, ...image, title: plainText(2000).optional() })
    .refine(
      (value) => (value.image_url === undefined) !== (value.slack_file === undefined),
      'must provide either image_url or slack_file',
    ),
  z.strictObject({ type: z.literal('markdown'), ...blockId, text: text(12_000) }),
  z.strictObject({
    type: z.literal('rich_text'),
    ...blockId,
    elements: z
      .array(
        z.looseObject({
          type: z.enum(['rich_text_section', 'rich_text_list', 'rich_text_preformatted', 'rich_text_quote']),
          elements: z.array(z.looseObject({ type: z.string() })),
        }),
      )
      .min(1),
  }),
  z.strictObject({
    type: z.literal('video'),
    ...blockId,
    alt_text: text(2000),
    title: plainText(199),
    title_url: z.string().startsWith('https://').optional(),
    video_url: z.string().startsWith('https://'),
    thumbnail_url: z.string().max(3000),
    description: plainText(199).optional(),
    author_name: z.string().max(49).optional(),
    provider_name: z.string().max(50).optional(),
    provider_icon_url: z.string().optional(),
  }),
]);

/** A modal or a Home tab without its blocks. */
export const viewFrame = z.strictObject({
  type: z.enum(['modal', 'home']),
  title: plainText(24).optional(),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  blocks: z.array(z.unknown()).max(100),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
});
