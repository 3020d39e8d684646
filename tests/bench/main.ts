import { mkdtemp, rm } from 'node:fs/promises';
import { arch, cpus, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { batches } from './benchmarks/batches.ts';
import { coldStart } from './benchmarks/cold-start.ts';
import { fileTransfer } from './benchmarks/file-transfer.ts';
import { fileTransferSsh } from './benchmarks/file-transfer-ssh.ts';
import { idleDaemon } from './benchmarks/idle-daemon.ts';
import { logFollow } from './benchmarks/log-follow.ts';
import { queueClaims } from './benchmarks/queue-claims.ts';
import { remoteExec } from './benchmarks/remote-exec.ts';
import { remoteJob } from './benchmarks/remote-job.ts';
import { slackAcks } from './benchmarks/slack-acks.ts';
import { submitToStart } from './benchmarks/submit-to-start.ts';
import type { Figure } from './figure.ts';
import { table } from './table.ts';

const BENCHMARKS = [
  coldStart,
  submitToStart,
  queueClaims,
  batches,
  logFollow,
  idleDaemon,
  fileTransfer,
  fileTransferSsh,
  remoteExec,
  remoteJob,
  slackAcks,
];

const words = process.argv.slice(2);
const chosen = BENCHMARKS.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (chosen.length === 0) {
  console.error(`No benchmark has such a name. There are: ${BENCHMARKS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const figures: Figure[] = [];
for (const { name, measure } of chosen) {
  console.error(`${name} …`);
  const directory = await mkdtemp(join(tmpdir(), 'cosmos-bench-'));
  try {
    figures.push(...(await measure(directory)));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
console.log(
  `${cpus().length} × ${cpus()[0]?.model ?? arch()}, ${memory}, ${platform()}, Node ${process.versions.node}`,
);
console.log(`Each value is a median (min–max).\n\n${table(figures).join('\n')}`);
