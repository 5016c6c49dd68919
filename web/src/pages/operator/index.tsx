import { t } from "../../i18n/index.ts";

export default function Operator() {
  return <h1 tabIndex={-1}>{t("common.operator")}</h1>;
}
