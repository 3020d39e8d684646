import type { Card } from '../../core/ports/chat.ts';
import type { Run, RunOutput } from '../../core/runs/run.ts';
import { size } from '../wording/numbers.ts';
import { resultFacts } from './media-facts.ts';
import { action, facts } from './text.ts';

/** The post with one control video, under the result that it led to. */
export function controlCard(run: Run, { label, bytes, facts: media }: RunOutput): Card {
  return {
    mark: 'none',
    title: facts(
      { strong: run.id },
      `${label} as the model saw it`,
      media && resultFacts(media),
      size(bytes),
    ),
    blocks: [],
    actions: [],
  };
}

/** Said once for a run where a control video was not taken after the result was posted. */
export function controlsLeftOutCard(run: Run): Card {
  return {
    mark: 'none',
    title: facts({ strong: run.id }, 'not every control video could be posted here'),
    blocks: [],
    actions: [action('show', run.id, 'Details')],
  };
}
