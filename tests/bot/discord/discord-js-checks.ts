import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIEmbed,
  type APIModalInteractionResponseCallbackData,
  ButtonBuilder,
  ComponentAssertions,
  EmbedAssertions,
  embedLength,
  isValidationEnabled,
  ModalBuilder,
} from 'discord.js';

/** Characters of all embeds of a message. */
const EMBEDS = 6_000;

interface Shown {
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIActionRowComponent<APIButtonComponentWithCustomId>[];
}

/** What the builders of discord.js make of a message, which know Discord's limits on their own. Throws what they throw. */
export function checkByDiscordJs({ embeds, components }: Shown): void {
  if (!isValidationEnabled()) throw new Error('discord.js checks nothing');
  for (const { description, url, color, image } of embeds) {
    EmbedAssertions.descriptionPredicate.parse(description ?? null);
    EmbedAssertions.urlPredicate.parse(url ?? null);
    EmbedAssertions.colorPredicate.parse(color ?? null);
    EmbedAssertions.imageURLPredicate.parse(image?.url ?? null);
  }
  const characters = embeds.reduce((sum, embed) => sum + embedLength(embed), 0);
  if (characters > EMBEDS) throw new Error(`${characters} characters in embeds`);
  for (const button of components.flatMap((row) => row.components)) {
    ComponentAssertions.customIdValidator.parse(button.custom_id);
    ComponentAssertions.buttonLabelValidator.parse(button.label);
    new ButtonBuilder(button).toJSON();
  }
}

/** The same for a modal. */
export function checkModalByDiscordJs(modal: APIModalInteractionResponseCallbackData): void {
  if (!isValidationEnabled()) throw new Error('discord.js checks nothing');
  new ModalBuilder(modal).toJSON();
}
