import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { openBot } from '../../src/bot/main.ts';
import { loadConfig } from '../../src/core/config/load-config.ts';
import type { Checked } from '../../src/core/errors.ts';
import { isFinished } from '../../src/core/runs/run.ts';
import { Waiter } from '../../src/core/wakeup.ts';
import { type CallObserver, observed } from './observed-port.ts';
import { attemptsLeft } from './session.ts';

/** How often a condition that no wake-up tells is looked at, ms. */
const LOOK_AGAIN_MS = 20;

/** A directory whose model works off a list of texts and notes each of its starts; the text `broken` ends it. */
export async function makeBatchWorkplace(directory: string, clip: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  await copyFile(clip, join(directory, 'clip.mp4'));
  const script = [
    `echo "$COSMOS_BOT_ATTEMPT" >> '${directory}/starts'`,
    'one() {',
    '  echo "begin"',
    '  sleep 0.05',
    '  case $2 in *\'"broken"\'*) echo "it is broken"; exit 1 ;; esac',
    '  mkdir -p "$1"',
    `  cp '${directory}/clip.mp4' "$1/preview.mp4"`,
    '}',
    'case $2 in',
    '  *list.jsonl)',
    '  item=0',
    '  while IFS= read -r line; do',
    '    one "$1/run_$item" "$line"',
    '    echo "saved $item"',
    '    item=$((item + 1))',
    '  done <"$2"',
    '  ;;',
    '  *)',
    '  one "$1" "$(cat "$2")"',
    '  echo "Saved video to preview.mp4"',
    '  ;;',
    'esac',
    '',
  ];
  await writeFile(join(directory, 'model.sh'), script.join('\n'));
  await writeFile(
    join(directory, 'cosmos.toml'),
    [
      'data_dir = "data"',
      '[[hosts]]',
      'name = "here"',
      'models = ["preview"]',
      '[models.preview.command]',
      `argv = ["/bin/sh", "${directory}/model.sh", "{output}", "{spec}"]`,
      '[models.preview.files.spec.content]',
      'text = "{prompt}"',
      '[models.preview.batch]',
      'max_items = 8',
      'path = "list.jsonl"',
      'replaces = "spec"',
      'whole = true',
      'folder = "run_{index}"',
      "begins = '^begin'",
      "ends = '^saved (?<index>\\d+)'",
      '',
    ].join('\n'),
  );
  return directory;
}

/**
 * One life of a bot in `directory`: a run of each text, queued once however often the bot lives, all at once; until all
 * have ended and nothing of them is left on the host.
 */
export async function playBatch(
  directory: string,
  texts: readonly string[],
  observe: CallObserver = () => () => undefined,
): Promise<void> {
  const config = must(loadConfig({ environment: {}, directory }));
  const bot = must(
    await openBot(config, pino({ level: 'silent' }), {
      wrapHost: (host) => observed(host, 'host', observe, ['paths', 'close']),
    }),
  );
  const { api, store, wakeup } = bot.parts;
  const waiter = new Waiter();
  const unsubscribe = wakeup.subscribe(waiter.wake);
  try {
    const actor = store.principals.ensure({ platform: 'fake', tenant: 'studio', user: 'ana', name: 'ana' });
    if (api.listRuns({ limit: 10 }).length < texts.length) {
      api.pauseQueue(actor);
      for (const text of texts) {
        const known = api.listPrompts(10).find((prompt) => prompt.text === text);
        const files = [{ path: join(directory, 'clip.mp4'), name: 'clip.mp4' }];
        const prompt = known ?? must(await api.createPrompt(actor, { text, files }));
        must(api.queueRun(actor, { prompt, parameters: {} }, { idempotencyKey: text }));
      }
    }
    api.resumeQueue(actor);
    bot.startLanes('daemon');
    const isOver = async (): Promise<boolean> =>
      api.listRuns({ limit: 10 }).every(({ state }) => isFinished(state)) &&
      (await attemptsLeft(directory)).length === 0;
    while (!(await isOver())) await waiter.wait(LOOK_AGAIN_MS, new AbortController().signal);
  } finally {
    unsubscribe();
    await bot.close();
  }
}

function must<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new Error(`refused: ${JSON.stringify(checked.problems)}`);
}
