import { z } from 'zod';

// Limits of texts, lists and identifiers as Block Kit documents them; unknown fields are refused, as Slack does.

/** Of blocks, elements and files. */
export const identifier = z.string().min(1).max(255);
/** A text that is not empty, of so many characters at most. */
export const text = (most: number) => z.string().min(1).max(most);

/** A text object without formatting. */
export const plainText = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(most), emoji: z.boolean().optional() });
/** A text object in Slack's markup. */
export const markdownText = (most: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: text(most), verbatim: z.boolean().optional() });
/** A text object of either kind. */
export const anyText = (most: number) => z.discriminatedUnion('type', [plainText(most), markdownText(most)]);

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
/** Fields of every picture. */
export const image = {
  alt_text: text(2000),
  image_url: z.string().max(3000).optional(),
  slack_file: z.union([z.strictObject({ id: identifier }), z.strictObject({ url: text(3000) })]).optional(),
};
/** A picture beside a text. */
export const imageElement = z.strictObject({ type: z.literal('image'), ...image });

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

/** What an actions block may hold. */
export const actionElement = z.discriminatedUnion('type', [button, overflow, ...selects]);
/** What may stand beside a section. */
export const accessory = z.discriminatedUnion('type', [button, overflow, imageElement, ...selects]);
/** What an input block may hold. */
export const inputElement = z.discriminatedUnion('type', [
  plainTextInput,
  numberInput,
  fileInput,
  ...selects,
]);
