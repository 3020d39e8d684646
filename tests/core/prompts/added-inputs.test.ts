import { describe, expect, it } from 'vitest';
import type { Sha256 } from '../../../src/core/ids.ts';
import { addedInputs } from '../../../src/core/prompts/added-inputs.ts';
import type { UnassignedInput } from '../../../src/core/prompts/assign-roles.ts';
import type { PromptInput, Role } from '../../../src/core/prompts/prompt.ts';

function picture(name: string): Pick<UnassignedInput, 'asset' | 'originalName'> {
  const facts = { kind: 'image', width: 64, height: 64, codec: 'png' } as const;
  const sha256 = Buffer.from(name).toString('hex').padEnd(64, '0') as Sha256;
  return { originalName: `${name}.png`, asset: { sha256, bytes: 1, extension: 'png', facts } };
}

function has(role: Role, name: string): PromptInput {
  return { ...picture(name), role };
}

describe('pictures that are added to a prompt', () => {
  it('become its first ones in their order where it has none', () => {
    expect(addedInputs({ inputs: [] }, [picture('anna'), picture('ben')])).toMatchObject({
      value: {
        added: [
          { role: 'image', originalName: 'anna.png' },
          { role: 'image2', originalName: 'ben.png' },
        ],
        taken: [],
      },
    });
  });

  it('are asked about where it has one: they may be meant in place of it, or beside it', () => {
    expect(addedInputs({ inputs: [has('image', 'anna')] }, [picture('ben')])).toMatchObject({
      value: { added: [], taken: [{ role: 'image', sent: { originalName: 'ben.png' } }] },
    });
  });

  it('stand beside it where that was said, and change nothing where it has them as any', () => {
    const inputs = [has('image', 'anna'), has('image2', 'ben')];

    expect(addedInputs({ inputs }, [{ ...picture('cleo'), role: 'image3' }])).toMatchObject({
      value: { added: [{ role: 'image3', originalName: 'cleo.png' }], taken: [] },
    });
    expect(addedInputs({ inputs }, [picture('ben')])).toMatchObject({
      value: { inputs, added: [], taken: [] },
    });
    expect(addedInputs({ inputs }, [{ ...picture('anna'), role: 'image3' }])).toMatchObject({
      value: { added: [{ role: 'image3' }] },
    });
  });
});
