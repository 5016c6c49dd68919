import { t } from "../i18n/index.ts";
import { Notice } from "../ui/index.ts";

export default function NotFound() {
  return (
    <Notice kind="empty" title={t("common.notFound")}>
      <p class="muted">{t("common.notFoundDetail")}</p>
      <a class="button button-primary" href="/">
        {t("common.back")}
      </a>
    </Notice>
  );
}
