import { readFileSync, writeFileSync } from 'node:fs';
import { modelsPage } from './models-page.ts';
import { profileSchemaContent, withProfileReference } from './profile-reference.ts';

const project = new URL('../../', import.meta.url);
const page = new URL('docs/add-a-model.md', project);

writeFileSync(new URL('config/models/profile.schema.json', project), profileSchemaContent());
writeFileSync(page, withProfileReference(readFileSync(page, 'utf8')));
writeFileSync(new URL('docs/models.md', project), await modelsPage(project));
