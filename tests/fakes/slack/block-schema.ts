import { z } from 'zod';

/** Limits of texts, lists and identifiers as Block Kit documents them; unknown fields are refused, as Slack does. */
const identifier = z.string().min(1).max(255);
const text = (most: number) => z.string().min(1).max(most);

const plainText = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(most), emoji: z.boolean().optional() });
const markdownText = (most: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: text(most), verbatim: z.boolean().optional() });
const anyText = (most: number) => z.discriminatedUnion('type', [plainText(most), markdownText(most)]);

/** The documentation of options says 75 for the value in one place and 150 in another. */
const option = z.strictObject({
  text: anyText(75),
  value: text(75),
  description: anyText(75).optional(),
  url: z.string().max(3000).optional(),
});
const options = z.array(option).min(1).max(100);
const optionGroups = z
  .array(z.strictObject({ label: plainText(75), options }))
  .min(1)
  .max(100);

const confirm = z
  .strictObject({
    title: plainText(100),
    text: anyText(300),
    confirm: plainText(30),
    deny: plainText(30),
    style: z.enum(['primary', 'danger']).optional(),
  })
  .optional();

const placeholder = plainText(150).optional();
const focus = z.boolean().optional();
const actionId = identifier.optional();
const most = z.number().int().min(1).optional();
const dispatch = z.strictObject({ trigger_actions_on: z.array(z.string()).min(1) }).optional();

const button = z.strictObject({
  type: z.literal('button'),
  action_id: actionId,
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm,
  accessibility_label: z.string().max(75).optional(),
});

const picker = { action_id: actionId, placeholder, confirm, focus_on_load: focus };

/** Either options or groups of them. */
const oneSource = <Shape extends { options?: unknown; option_groups?: unknown }>(value: Shape) =>
  (value.options === undefined) !== (value.option_groups === undefined);

const staticSelect = z
  .strictObject({
    type: z.literal('static_select'),
    ...picker,
    options: options.optional(),
    option_groups: optionGroups.optional(),
    initial_option: option.optional(),
  })
  .refine(oneSource, 'must provide either options or option_groups');
const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...picker,
    options: options.optional(),
    option_groups: optionGroups.optional(),
    initial_options: z.array(option).min(1).max(100).optional(),
    max_selected_items: most,
  })
  .refine(oneSource, 'must provide either options or option_groups');
const externalSelect = z.strictObject({
  type: z.literal('external_select'),
  ...picker,
  initial_option: option.optional(),
  min_query_length: z.number().int().min(0).optional(),
});
const multiExternalSelect = z.strictObject({
  type: z.literal('multi_external_select'),
  ...picker,
  initial_options: z.array(option).min(1).max(100).optional(),
  min_query_length: z.number().int().min(0).optional(),
  max_selected_items: most,
});
const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  ...picker,
  initial_user: identifier.optional(),
});
const channelsSelect = z.strictObject({
  type: z.literal('channels_select'),
  ...picker,
  initial_channel: identifier.optional(),
  response_url_enabled: z.boolean().optional(),
});
const conversationsSelect = z.strictObject({
  type: z.literal('conversations_select'),
  ...picker,
  initial_conversation: identifier.optional(),
  default_to_current_conversation: z.boolean().optional(),
  response_url_enabled: z.boolean().optional(),
  filter: z.record(z.string(), z.unknown()).optional(),
});
const overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: actionId,
  options: z.array(option).min(1).max(5),
  confirm,
});
const choices = z.array(option).min(1).max(10);
const radioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  action_id: actionId,
  options: choices,
  initial_option: option.optional(),
  confirm,
  focus_on_load: focus,
});
const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  action_id: actionId,
  options: choices,
  initial_options: choices.optional(),
  confirm,
  focus_on_load: focus,
});
const datePicker = z.strictObject({
  type: z.literal('datepicker'),
  ...picker,
  initial_date: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
});

const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  action_id: actionId,
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.number().int().min(0).max(3000).optional(),
  max_length: z.number().int().min(1).max(3000).optional(),
  dispatch_action_config: dispatch,
  focus_on_load: focus,
  placeholder,
});
const number = z.string().regex(/^-?\d+(\.\d+)?$/);
const numberInput = z.strictObject({
  type: z.literal('number_input'),
  is_decimal_allowed: z.boolean(),
  action_id: actionId,
  initial_value: number.optional(),
  min_value: number.optional(),
  max_value: number.optional(),
  dispatch_action_config: dispatch,
  focus_on_load: focus,
  placeholder,
});
const fileInput = z.strictObject({
  type: z.literal('file_input'),
  action_id: actionId,
  filetypes: z.array(z.string()).optional(),
  max_files: z.number().int().min(1).max(10).optional(),
});
const image = {
  alt_text: text(2000),
  image_url: z.string().max(3000).optional(),
  slack_file: z.union([z.strictObject({ id: identifier }), z.strictObject({ url: text(3000) })]).optional(),
};
const imageElement = z.strictObject({ type: z.literal('image'), ...image });

const selects = [
  staticSelect,
  multiStaticSelect,
  externalSelect,
  multiExternalSelect,
  usersSelect,
  channelsSelect,
  conversationsSelect,
  radioButtons,
  checkboxes,
  datePicker,
] as const;

const actionElement = z.discriminatedUnion('type', [button, overflow, ...selects]);
const accessory = z.discriminatedUnion('type', [button, overflow, imageElement, ...selects]);
const inputElement = z.discriminatedUnion('type', [plainTextInput, numberInput, fileInput, ...selects]);

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
