import { useEffect, useState } from "preact/hooks";
import type { SaleQuery } from "../../../client/api.ts";
import type { LineAnswer, SoldAnswer } from "../../../client/types.gen.ts";
import { dateTime, money, number, t } from "../../../i18n/index.ts";
import { Button, Notice, Skeleton } from "../../../ui/index.ts";
import { operatorApi, signOutIfRefused } from "../key.ts";
import { SelectField, TextField } from "../parts/Field.tsx";
import { problemWords, readWords } from "../parts/words.ts";

type Standing = "all" | "sold" | "returned";

/** All sales, newest first; by a buyer those of that buyer. As a file for the door and for refunds. */
export function SalesTab({ id }: { id: string }) {
  const [buyer, setBuyer] = useState("");
  const [asked, setAsked] = useState("");
  const [standing, setStanding] = useState<Standing>("all");
  const { sales, hasMore, busy, problem, more } = useSales(id, asked, standing);
  return (
    <div class="stack">
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(buyer.trim());
        }}
      >
        <TextField
          label={t("operator.buyer")}
          hint={t("operator.buyerHint")}
          type="search"
          value={buyer}
          spellcheck={false}
          onText={(text) => {
            setBuyer(text);
            if (text === "") setAsked("");
          }}
        />
        <SelectField
          label={t("operator.salesShown")}
          value={standing}
          disabled={asked !== ""}
          choices={(["all", "sold", "returned"] as const).map((value) => ({
            value,
            label: t(`operator.sales_${value}`),
          }))}
          onChoice={(value: Standing) => setStanding(value)}
        />
        <div class="actions">
          <Button type="submit">{t("operator.find")}</Button>
        </div>
      </form>
      <Download id={id} standing={standing} />
      {problem !== undefined && (
        <Notice kind="error" title={t("common.failed")}>
          <p>{readWords(problem)}</p>
          <Button onClick={more}>{t("common.retry")}</Button>
        </Notice>
      )}
      {!sales && problem === undefined && <Skeleton lines={6} />}
      {sales?.length === 0 && <p class="muted">{t("operator.noSales")}</p>}
      <ul class="lines">
        {sales?.map((sale) => (
          <SaleLine key={sale.id} sale={sale} />
        ))}
      </ul>
      {hasMore && (
        <div>
          <Button busy={busy} onClick={more}>
            {t("operator.showMoreSales")}
          </Button>
        </div>
      )}
    </div>
  );
}

function SaleLine({ sale }: { sale: SoldAnswer }) {
  return (
    <li>
      <span>
        {sale.lines.map(lineWords).join(", ")}
        {sale.returned.length > 0 && <s class="muted">{sale.returned.map(lineWords).join(", ")}</s>}
        <br />
        <span class="small">
          {sale.buyer} · {dateTime(sale.sold_at)}
          {sale.returned_at && ` · ${t("operator.returnedAt", { at: dateTime(sale.returned_at) })}`}
        </span>
        <br />
        <code class="small">{sale.id}</code>
      </span>
      {sale.lines.length > 0 && sale.total && <span class="numbers">{money(sale.total)}</span>}
    </li>
  );
}

function lineWords({ offer, quantity }: LineAnswer): string {
  return quantity > 1 ? `${offer} × ${number(quantity)}` : offer;
}

function Download({ id, standing }: { id: string; standing: Standing }) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const download = async () => {
    setBusy(true);
    setWrong("");
    try {
      const file = await operatorApi.salesFile(id, standing === "all" ? undefined : standing);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = `sales-${id}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    } catch (error) {
      if (!signOutIfRefused(error)) setWrong(problemWords(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="stack-tight">
      <div>
        <Button busy={busy} onClick={download}>
          {t("operator.downloadCsv")}
        </Button>
      </div>
      <p class="field-error" role="alert">
        {wrong}
      </p>
    </div>
  );
}

function useSales(id: string, buyer: string, standing: Standing) {
  const [sales, setSales] = useState<readonly SoldAnswer[]>();
  const [hasMore, setHasMore] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const ask = async (known: readonly SoldAnswer[], isWanted: () => boolean) => {
    const query: SaleQuery = buyer ? { buyer } : standing === "all" ? {} : { state: standing };
    setBusy(true);
    setProblem(undefined);
    try {
      const page = await operatorApi.sales(id, { ...query, startingAfter: known.at(-1)?.id });
      if (!isWanted()) return;
      setSales([...known, ...page.data]);
      setHasMore(page.has_more);
    } catch (error) {
      if (isWanted() && !signOutIfRefused(error)) setProblem(error);
    } finally {
      if (isWanted()) setBusy(false);
    }
  };
  useEffect(() => {
    let isOver = false;
    setSales(undefined);
    setHasMore(false);
    void ask([], () => !isOver);
    return () => {
      isOver = true;
    };
  }, [id, buyer, standing]);
  return { sales, hasMore, busy, problem, more: () => void ask(sales ?? [], () => true) };
}
