import { useEffect, useState } from "preact/hooks";
import type { InventoryLine } from "../client/types.gen.ts";
import { t } from "../i18n/index.ts";
import { api } from "../store/session.ts";

export default function Events() {
  const [lines, setLines] = useState<InventoryLine[]>([]);
  useEffect(() => {
    void api.inventories().then(({ data }) => setLines(data));
  }, []);
  return (
    <>
      <h1 tabIndex={-1}>{t("common.events")}</h1>
      <ul>
        {lines.map((line) => (
          <li key={line.id}>
            <a href={`/events/${line.id}`}>{line.name}</a>
          </li>
        ))}
      </ul>
    </>
  );
}
