import { quote } from './bash-script.ts';

/** The shell text of a job's secrets, under the rules of `bash-script.ts`. */

/** The content of the file that a job's secrets are kept in: variables for a shell to read. */
export function secretsText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quote(value)}\n`)
    .join('');
}

/** Lines that read such a file into the shell that becomes the job, and empty it. Without it there is no job. */
export function takeSecrets(file: string): string {
  return `  . ${quote(file)} || exit 126\n  true >${quote(file)} || exit 126\n`;
}
