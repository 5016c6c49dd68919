import { useState } from "preact/hooks";
import { ProblemError } from "../../../client/problem.ts";
import type { SoldAnswer } from "../../../client/types.gen.ts";
import { money, number, t } from "../../../i18n/index.ts";
import { Button } from "../../../ui/index.ts";
import { operatorApi } from "../key.ts";
import { TextField } from "../parts/Field.tsx";
import { readWords } from "../parts/words.ts";

interface SaleFinderProps {
  id: string;
  chosen: string;
  onChoice(sale: SoldAnswer): void;
}

/** Finds a sale by its buyer: what is left of each, newest first. */
export function SaleFinder({ id, chosen, onChoice }: SaleFinderProps) {
  const [buyer, setBuyer] = useState("");
  const [busy, setBusy] = useState(false);
  const [sales, setSales] = useState<readonly SoldAnswer[]>();
  const [wrong, setWrong] = useState("");
  const find = async () => {
    setBusy(true);
    setWrong("");
    try {
      const { data } = await operatorApi.sales(id, { buyer: buyer.trim() });
      // What came back whole cannot be taken back.
      setSales(data.filter((sale) => sale.lines.length > 0));
    } catch (error) {
      setSales(undefined);
      const isOld =
        error instanceof ProblemError && ["route_unknown", "method_not_allowed"].includes(error.code);
      setWrong(isOld ? t("operator.noSalesHere") : readWords(error));
    }
    setBusy(false);
  };
  return (
    <details>
      <summary class="small">{t("operator.findByBuyer")}</summary>
      <div class="stack-tight">
        <TextField
          label={t("operator.buyer")}
          hint={t("operator.buyerHint")}
          value={buyer}
          spellcheck={false}
          onText={setBuyer}
          error={wrong}
        />
        <div>
          <Button busy={busy} disabled={buyer.trim() === ""} onClick={find}>
            {t("operator.find")}
          </Button>
        </div>
        {sales?.length === 0 && <p class="muted small">{t("operator.noSales")}</p>}
        <ul class="lines">
          {sales?.map((sale) => (
            <li key={sale.id}>
              <span>
                {sale.lines.map(lineWords).join(", ")}
                {sale.total && <span class="muted"> · {money(sale.total)}</span>}
                <br />
                <code class="small">{sale.id}</code>
              </span>
              <Button aria-pressed={sale.id === chosen} onClick={() => onChoice(sale)}>
                {t("operator.choose")}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

function lineWords({ offer, quantity }: SoldAnswer["lines"][number]): string {
  return quantity > 1 ? `${offer} × ${number(quantity)}` : offer;
}
