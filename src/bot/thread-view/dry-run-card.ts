import type { Card } from '../../core/ports/chat.ts';
import type { AttemptPlan } from '../../core/ports/host.ts';
import { paragraph } from './text.ts';

/** Exactly what would be sent to the host. */
export function dryRunCard(plan: AttemptPlan): Card {
  const variables = Object.entries({ ...plan.environment, ...plan.secretEnvironment });
  const environment = variables.map(([name, value]) => `${name}=${value}`);
  return {
    mark: 'none',
    title: ['Dry run: nothing was sent'],
    blocks: [
      ...plan.inputs.flatMap(({ path, asset }) => [
        paragraph({ strong: path }, ' ', { code: `sha256 ${asset}` }),
      ]),
      ...plan.files.flatMap(({ path, content }) => [
        paragraph({ strong: path }),
        { type: 'log' as const, lines: content.trimEnd().split('\n') },
      ]),
      paragraph({ strong: 'command' }),
      { type: 'log', lines: plan.argv.map((word) => JSON.stringify(word)) },
      ...(environment.length === 0
        ? []
        : [paragraph({ strong: 'environment' }), { type: 'log' as const, lines: environment }]),
    ],
    actions: [],
  };
}
