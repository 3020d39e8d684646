import type { AttemptId } from '../../../src/core/ids.ts';
import { makeHost, scriptPlan, WAIT } from './process-host.ts';

/** A bot that dies right after it has started a job. */
const [workDir = '', attempt = ''] = process.argv.slice(2);
const host = makeHost({ workDir });
await host.prepare(scriptPlan(attempt as AttemptId, `echo begun; ${WAIT}; echo done`));
await host.start(attempt as AttemptId);
process.kill(process.pid, 'SIGKILL');
