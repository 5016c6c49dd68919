import { t } from "../i18n/index.ts";

/** In the place of what is on its way. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  const widths = Array.from({ length: lines }, (_, line) => `${[100, 82, 64][line % 3]}%`);
  return (
    <div role="status" aria-busy="true">
      <span class="hidden-text">{t("common.loading")}</span>
      {widths.map((width, line) => (
        <span key={line} class="skeleton" style={{ width, marginBlock: "0.6em" }} />
      ))}
    </div>
  );
}
