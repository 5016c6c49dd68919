import { number, t } from "../../../i18n/index.ts";
import { SelectField, TextField } from "../parts/Field.tsx";
import { type Draft, type Field, type NumberField, RANGES, type Wrong } from "./draft.ts";

interface SettingsFieldsProps {
  draft: Draft;
  /** What is wrong, as found here or as the server said it. */
  wrong: readonly Wrong[];
  told: Partial<Record<string, string>>;
  onDraft(draft: Draft): void;
}

/** All settings of a sale that have a field. Those by category and channel are kept as they are. */
export function SettingsFields({ draft, wrong, told, onDraft }: SettingsFieldsProps) {
  const error = (field: Field) => {
    const found = wrong.find((one) => one.field === field);
    return found ? wrongWords(found) : told[field];
  };
  const set = <F extends Field>(field: F, value: Draft[F]) => onDraft({ ...draft, [field]: value });
  const time = (field: "on_sale_from" | "on_sale_until") => (
    <TextField
      label={t(`operator.${field}`)}
      hint={t(`operator.${field}_hint`)}
      type="datetime-local"
      value={draft[field]}
      onText={(value) => set(field, value)}
      error={error(field)}
    />
  );
  const amount = (field: NumberField) => (
    <TextField
      label={t(`operator.${field}`)}
      hint={t(`operator.${field}_hint`)}
      inputMode="numeric"
      value={draft[field]}
      onText={(value) => set(field, value)}
      error={error(field)}
    />
  );
  return (
    <>
      <fieldset class="fields">
        <legend>{t("operator.saleWindow")}</legend>
        {time("on_sale_from")}
        {time("on_sale_until")}
        <SelectField
          label={t("operator.checkout")}
          hint={t(`operator.checkout_${draft.checkout}_hint`)}
          value={draft.checkout}
          choices={[
            { value: "key", label: t("operator.checkout_key") },
            { value: "open", label: t("operator.checkout_open") },
          ]}
          onChoice={(value) => set("checkout", value)}
        />
      </fieldset>
      <fieldset class="fields">
        <legend>{t("operator.holding")}</legend>
        {amount("hold_seconds")}
        {amount("extensions_max")}
        {amount("holds_per_buyer")}
      </fieldset>
      <fieldset class="fields">
        <legend>{t("operator.limits")}</legend>
        {amount("pieces_per_hold_min")}
        {amount("pieces_per_hold")}
        {amount("pieces_per_buyer")}
        <SelectField
          label={t("operator.single_seats")}
          hint={t(`operator.single_seats_${draft.single_seats}_hint`)}
          value={draft.single_seats}
          choices={(["off", "lenient", "strict"] as const).map((value) => ({
            value,
            label: t(`operator.single_seats_${value}`),
          }))}
          onChoice={(value) => set("single_seats", value)}
        />
        {amount("single_seats_until_left")}
        <SelectField
          label={t("operator.release_accessible")}
          hint={t(`operator.release_accessible_${draft.release_accessible}_hint`)}
          value={draft.release_accessible}
          choices={(["false", "true"] as const).map((value) => ({
            value,
            label: t(`operator.release_accessible_${value}`),
          }))}
          onChoice={(value) => set("release_accessible", value)}
        />
      </fieldset>
    </>
  );
}

export function wrongWords({ field, wrong }: Wrong): string {
  if (wrong === "order") return t(`operator.order_${field === "on_sale_until" ? "sale" : "pieces"}`);
  if (wrong === "time") return t("operator.wrongTime");
  const [least, most] = RANGES[field as NumberField];
  return t("operator.wrongRange", { least: number(least), most: number(most) });
}
