import type { z } from 'zod';
import { block, viewFrame } from './block-schema.ts';
import { newSecret } from './ids.ts';
import { isObject, type JsonObject, objectAt, objectsOf, stringAt } from './json.ts';
import { LIMITS } from './limits.ts';
import { Refusal, refusalWithReasons } from './refusal.ts';

/**
 * The blocks of a message as Slack keeps them: each with a block id, each element with an action id.
 * Throws `invalid_blocks_format`, `invalid_blocks` and `msg_blocks_too_long`.
 */
export function checkMessageBlocks(value: unknown): readonly JsonObject[] {
  if (value === undefined || value === '') return [];
  if (!Array.isArray(value)) throw new Refusal('invalid_blocks_format');
  if (value.length > LIMITS.messageBlocks) {
    throw refusalWithReasons('invalid_blocks', [
      `no more than ${LIMITS.messageBlocks} items allowed [json-pointer:/blocks]`,
    ]);
  }
  const reasons = blockReasons(value, '/blocks');
  if (reasons.length > 0) throw refusalWithReasons('invalid_blocks', reasons);
  const blocks = objectsOf(value);
  if (textLength(blocks) > LIMITS.blockCharacters) throw new Refusal('msg_blocks_too_long');
  return withIds(blocks);
}

/** A view as Slack keeps it. Throws `invalid_arguments` and `view_too_large`. */
export function checkView(value: unknown, type: 'modal' | 'home'): JsonObject {
  if (!isObject(value)) throw refusalWithReasons('invalid_arguments', ['missing required field: view']);
  if (Buffer.byteLength(JSON.stringify(value)) > LIMITS.viewBytes) throw new Refusal('view_too_large');
  const reasons = [
    ...schemaReasons(viewFrame.safeParse(value), '/view'),
    ...(stringAt(value, 'type') === type ? [] : [`must be ${type} [json-pointer:/view/type]`]),
    ...blockReasons(Array.isArray(value['blocks']) ? value['blocks'] : [], '/view/blocks'),
    ...(type === 'modal' ? modalReasons(value) : []),
  ];
  if (reasons.length > 0) throw refusalWithReasons('invalid_arguments', reasons);
  return { ...value, blocks: withIds(objectsOf(value['blocks'])) };
}

/** Every interactive element of the blocks, with the id of its block. */
export function elementsOf(
  blocks: readonly JsonObject[],
): readonly { blockId: string; element: JsonObject }[] {
  return blocks.flatMap((each) => {
    const blockId = stringAt(each, 'block_id') ?? '';
    const single = [objectAt(each, 'accessory'), objectAt(each, 'element')].filter(
      (found) => found !== undefined,
    );
    const listed = each['type'] === 'actions' ? objectsOf(each['elements']) : [];
    return [...single, ...listed].map((element) => ({ blockId, element }));
  });
}

function modalReasons(view: JsonObject): readonly string[] {
  const hasInput = objectsOf(view['blocks']).some((each) => each['type'] === 'input');
  return [
    ...(view['title'] === undefined ? ['missing required field: title [json-pointer:/view]'] : []),
    ...(hasInput && view['submit'] === undefined
      ? ['missing required field: submit [json-pointer:/view]']
      : []),
  ];
}

function blockReasons(blocks: readonly unknown[], pointer: string): readonly string[] {
  return [
    ...blocks.flatMap((each, index) => schemaReasons(block.safeParse(each), `${pointer}/${index}`)),
    ...twice(objectsOf(blocks).map((each) => stringAt(each, 'block_id'))).map(
      (id) => `\`block_id\` ${id} already exists [json-pointer:${pointer}]`,
    ),
    ...objectsOf(blocks).flatMap((each, index) =>
      twice(elementsOf([each]).map(({ element }) => stringAt(element, 'action_id'))).map(
        (id) => `\`action_id\` ${id} already exists for another action [json-pointer:${pointer}/${index}]`,
      ),
    ),
  ];
}

function twice(ids: readonly (string | undefined)[]): readonly string[] {
  return ids.filter((id): id is string => id !== undefined && ids.indexOf(id) !== ids.lastIndexOf(id));
}

function schemaReasons(result: z.ZodSafeParseResult<unknown>, pointer: string): readonly string[] {
  return (result.error?.issues ?? []).map(
    (issue) => `${reasonOf(issue)} [json-pointer:${[pointer, ...issue.path.map(String)].join('/')}]`,
  );
}

function reasonOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_big':
      return issue.origin === 'string'
        ? `must be less than ${Number(issue.maximum) + 1} characters`
        : `no more than ${issue.maximum} items allowed`;
    case 'too_small':
      return issue.origin === 'string'
        ? `must be more than ${Number(issue.minimum) - 1} characters`
        : `no fewer than ${issue.minimum} items allowed`;
    case 'unrecognized_keys':
      return `invalid additional property: ${issue.keys.join(', ')}`;
    case 'invalid_union':
      return 'unsupported type';
    default:
      return issue.message;
  }
}

/** Characters of all texts, wherever in the tree they stand. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + textLength(each), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, each]) => sum + (key === 'text' && typeof each === 'string' ? each.length : textLength(each)),
    0,
  );
}

function withIds(blocks: readonly JsonObject[]): readonly JsonObject[] {
  return blocks.map((each) => {
    const element = objectAt(each, 'element');
    const accessory = objectAt(each, 'accessory');
    return {
      ...each,
      block_id: stringAt(each, 'block_id') ?? newSecret(3),
      ...(each['type'] === 'actions' ? { elements: objectsOf(each['elements']).map(withActionId) } : {}),
      ...(element ? { element: withActionId(element) } : {}),
      ...(accessory ? { accessory: withActionId(accessory) } : {}),
    };
  });
}

function withActionId(element: JsonObject): JsonObject {
  if (element['type'] === 'image' || element['action_id'] !== undefined) return element;
  return { ...element, action_id: newSecret(3) };
}
