import type { InputBlock, ModalView, PlainTextElement, SectionBlock } from '@slack/types';
import type { Form, FormField } from '../../../core/ports/chat-surfaces.ts';
import { clean, clip } from '../../chat/clean-text.ts';
import { toElement } from './field-elements.ts';
import { type BlockIds, fieldFingerprint } from './field-ids.ts';
import { VIEW_LIMITS } from './view-limits.ts';

/** `callback_id` of all forms. */
export const FORM_CALLBACK = 'cosmos.form';

const EMPTY = '…';

export interface FormViewOptions {
  /** What `writeOrigin` made. */
  readonly metadata: string;
  readonly blockIds: BlockIds;
  /** What is to be said above the fields. */
  readonly notices?: readonly string[];
}

/**
 * A form as a modal, within all of Slack's limits whatever the form holds: where there is no room for all fields, the
 * first ones are shown.
 */
export function formView(form: Form, { metadata, blockIds, notices = [] }: FormViewOptions): ModalView {
  const frame: ModalView = {
    type: 'modal',
    callback_id: FORM_CALLBACK,
    private_metadata: metadata,
    title: plain(form.title, VIEW_LIMITS.title),
    submit: plain(form.submit, VIEW_LIMITS.title),
    blocks: [],
  };
  const blocks: (InputBlock | SectionBlock)[] = notices.slice(0, 10).map((notice) => section(notice));
  let left = VIEW_LIMITS.bytes - bytesOf(frame) - bytesOf(blocks);
  for (const field of form.fields) {
    const block = fieldBlock(field, blockIds);
    left -= bytesOf(block) + 1;
    if (left < 0 || blocks.length === VIEW_LIMITS.blocks) break;
    blocks.push(block);
  }
  return { ...frame, blocks: blocks.length === 0 ? [section(form.title)] : blocks };
}

/** A field that offers nothing to choose is only named: what is not there cannot be asked for. */
function fieldBlock(field: FormField, blockIds: BlockIds): InputBlock | SectionBlock {
  const rendered = toElement(field);
  if (rendered === undefined) return section(`${field.label}: –`);
  const { element, initial } = rendered;
  const help = field.kind === 'check' ? '' : clean(field.help ?? '').trim();
  return {
    type: 'input',
    block_id: blockIds(field.name, fieldFingerprint(field), initial),
    label: plain(field.label, VIEW_LIMITS.label),
    element,
    optional: !field.required,
    ...(help !== '' && { hint: plain(help, VIEW_LIMITS.label) }),
    ...(field.kind === 'choice' && field.refreshes && { dispatch_action: true }),
  };
}

function section(text: string): SectionBlock {
  return { type: 'section', text: plain(text, VIEW_LIMITS.label) };
}

/** Without emoji: nobody who names a field `:x:` means one. */
function plain(text: string, most: number): PlainTextElement {
  const shown = clean(text).trim();
  return { type: 'plain_text', text: clip(shown === '' ? EMPTY : shown, most), emoji: false };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
