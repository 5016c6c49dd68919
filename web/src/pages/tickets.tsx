import { t } from "../i18n/index.ts";

export default function Tickets() {
  return <h1 tabIndex={-1}>{t("common.tickets")}</h1>;
}
