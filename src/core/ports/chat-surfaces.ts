import type { Card, ChatReference, ChatUser, Inbound } from './chat.ts';

/** One of several things to choose from. */
export interface FormChoice {
  /** At most 75 characters. */
  readonly value: string;
  /** What people read; at most 75 characters. */
  readonly label: string;
}

interface FieldBase {
  /** Unique in the form; the name of its value; at most 100 characters. */
  readonly name: string;
  /** At most 45 characters. */
  readonly label: string;
  /** At most 100 characters. */
  readonly help?: string;
  readonly required: boolean;
}

/** One question of a form. */
export type FormField =
  | (FieldBase & {
      readonly kind: 'text';
      readonly initial?: string;
      readonly multiline: boolean;
      readonly maxCharacters?: number;
    })
  | (FieldBase & {
      readonly kind: 'number';
      readonly initial?: number;
      readonly minimum?: number;
      readonly maximum?: number;
      readonly whole: boolean;
    })
  | (FieldBase & {
      readonly kind: 'choice';
      readonly initial?: string;
      readonly choices: readonly FormChoice[];
      /** Another choice changes the other fields: `refresh` tells which there are then. */
      readonly refreshes: boolean;
    })
  /** A box to tick. Its value is `true` or `false`: shown and left empty it is not absent. */
  | (FieldBase & {
      readonly kind: 'check';
      /** What a tick means; at most 75 characters. */
      readonly help: string;
      readonly initial: boolean;
    })
  /** Choices are asked for while somebody types. */
  | (FieldBase & { readonly kind: 'search'; readonly initial?: FormChoice });

/** Something to fill in, on platforms that can show one. */
export interface Form {
  /** What it is about, given back with every question; at most 1,000 characters. */
  readonly state: string;
  /** At most 24 characters. */
  readonly title: string;
  /** Text of the button that sends it; at most 24 characters. */
  readonly submit: string;
  /** In order of importance: a platform with room for a few shows the first ones. */
  readonly fields: readonly FormField[];
}

/** What was filled in, by name of field; a field that is left empty is absent, but for a box. */
export type FormValues = Readonly<Record<string, string>>;

/** The words of the command that a form stands for, or what is wrong with which field. */
export type FormResult =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly problems: Readonly<Record<string, string>> };

/** Something that was typed, chosen word by word, or clicked. */
type Command = Extract<Inbound, { kind: 'command' | 'form' | 'click' }>;

/** Forms in place of commands that lack something. Answers at once, from memory: no method waits for anything. */
export interface ChatForms {
  /** The form that this opens; undefined where it is executed, or refused, as it is. */
  open(event: Command): Form | undefined;
  /** The same form after a choice that `refreshes`, with what was filled in so far kept where it still fits. */
  refresh(state: string, values: FormValues, user: ChatUser): Form;
  /** What fits the typed text, newest or nearest first; at most 25. */
  choices(state: string, field: string, typed: string, user: ChatUser): readonly FormChoice[];
  submit(state: string, values: FormValues): FormResult;
  /** What fits an option of a command that is typed without a form, on platforms that complete while somebody types. */
  suggest(typing: TypedOption): readonly FormChoice[];
}

/** An option of a command that somebody is typing; at most 25 choices fit. */
export interface TypedOption {
  readonly verb: string;
  /** Name of the argument or option. */
  readonly option: string;
  readonly typed: string;
  readonly user: ChatUser;
  readonly where: ChatReference;
}

/** What a platform may show beside messages. */
export interface ChatSurfaces {
  readonly forms: ChatForms;
  /** A page of one's own: own runs, the queue, the hosts, what one may do. At once, from memory. */
  home(user: ChatUser, where: ChatReference): Card;
}
