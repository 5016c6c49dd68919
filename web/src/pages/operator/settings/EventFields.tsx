import { t } from "../../../i18n/index.ts";
import { SelectField, TextField } from "../parts/Field.tsx";
import { type EventDraft, zonesWith } from "./event-draft.ts";

interface EventFieldsProps {
  draft: EventDraft;
  told: Partial<Record<string, string>>;
  onDraft(draft: EventDraft): void;
}

/** What is said of an event. The time is that of clocks where it takes place. */
export function EventFields({ draft, told, onDraft }: EventFieldsProps) {
  const set = <F extends keyof EventDraft>(field: F, value: EventDraft[F]) =>
    onDraft({ ...draft, [field]: value });
  const text = (field: "name" | "venue") => (
    <TextField
      label={t(`operator.${field}`)}
      value={draft[field]}
      maxLength={200}
      onText={(value) => set(field, value)}
      error={told[field]}
    />
  );
  return (
    <fieldset class="fields">
      <legend>{t("operator.about")}</legend>
      {text("name")}
      {text("venue")}
      <TextField
        label={t("operator.starts_at")}
        hint={t("operator.starts_at_zone_hint")}
        type="datetime-local"
        value={draft.starts_at}
        onText={(value) => set("starts_at", value)}
        error={told.starts_at}
      />
      <SelectField
        label={t("operator.time_zone")}
        hint={t("operator.time_zone_hint")}
        value={draft.time_zone}
        choices={[
          { value: "", label: t("operator.none") },
          ...zonesWith(draft.time_zone).map((zone) => ({ value: zone, label: zone })),
        ]}
        error={told.time_zone}
        onChoice={(value) => set("time_zone", value)}
      />
      <TextField
        label={t("operator.sale_ends_before")}
        hint={t("operator.sale_ends_before_hint")}
        inputMode="numeric"
        value={draft.sale_ends_before_minutes}
        onText={(value) => set("sale_ends_before_minutes", value)}
        error={told.sale_ends_before_start_seconds}
      />
      <SelectField
        label={t("operator.listing")}
        hint={t(`operator.listing_${draft.listing}_hint`)}
        value={draft.listing}
        choices={(["public", "unlisted", "draft"] as const).map((value) => ({
          value,
          label: t(`operator.listing_${value}`),
        }))}
        error={told.listing}
        onChoice={(value) => set("listing", value)}
      />
    </fieldset>
  );
}
