import { readFileSync, writeFileSync } from 'node:fs';
import { schemaFileContent, withReference } from './config-reference.ts';

const project = new URL('../../', import.meta.url);
const page = new URL('docs/configuration.md', project);

writeFileSync(new URL('config/cosmos.schema.json', project), schemaFileContent());
writeFileSync(page, withReference(readFileSync(page, 'utf8')));
