import { t } from "../i18n/index.ts";
import { Notice, useTitle } from "../ui/index.ts";

export default function NotFound() {
  useTitle(t("common.notFound"));
  return (
    <Notice isPage kind="empty" title={t("common.notFound")}>
      <p class="muted">{t("common.notFoundDetail")}</p>
      <a class="button button-primary" href="/">
        {t("common.back")}
      </a>
    </Notice>
  );
}
