/** A message: text, or a function that puts its parameters into text. */
export type Message = string | ((params: never) => string);

/** The same messages with the same parameters, in another language. */
export type Translated<Section> = {
  readonly [Key in keyof Section]: Section[Key] extends (params: infer Params) => string
    ? (params: Params) => string
    : string;
};

/** All keys of a catalogue as `section.message`. */
export type KeyOf<Catalogue> = {
  [Section in keyof Catalogue & string]: `${Section}.${keyof Catalogue[Section] & string}`;
}[keyof Catalogue & string];

type MessageAt<Catalogue, Key> = Key extends `${infer Section}.${infer Name}`
  ? Section extends keyof Catalogue
    ? Name extends keyof Catalogue[Section]
      ? Catalogue[Section][Name]
      : never
    : never
  : never;

/** What stands behind the key in a call: nothing, or the parameters of the message. */
export type ParamsOf<Catalogue, Key> =
  MessageAt<Catalogue, Key> extends (params: infer Params) => string ? [params: Params] : [];
