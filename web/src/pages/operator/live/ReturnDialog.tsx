import { useEffect, useMemo, useState } from "preact/hooks";
import type { PlanIndex } from "../../../client/plan.ts";
import { number, t } from "../../../i18n/index.ts";
import { Button, IconButton, toast } from "../../../ui/index.ts";
import { operatorApi } from "../key.ts";
import { Confirm } from "../parts/Confirm.tsx";
import { TextField } from "../parts/Field.tsx";
import { Switch } from "../parts/Switch.tsx";
import { RequestKeys } from "./keys.ts";
import { isSaleId, linesOf, linesOfSale, partRequest, RETURN_LINES_MAX, type ReturnLine } from "./returns.ts";
import { SaleFinder } from "./SaleFinder.tsx";

interface ReturnDialogProps {
  id: string;
  plan: PlanIndex;
  /** The sold seats that are selected: what a part would be. */
  sold: readonly number[];
  open: boolean;
  onDone(): void;
  onClose(): void;
}

/** Takes a sale back, or a part of it, by its id or its buyer. */
export function ReturnDialog({ id, plan, sold, open, onDone, onClose }: ReturnDialogProps) {
  const [sale, setSale] = useState("");
  const [part, setPart] = useState(false);
  const [lines, setLines] = useState<readonly ReturnLine[]>([]);
  const keys = useMemo(() => new RequestKeys(), []);
  useEffect(() => {
    if (!open) return;
    setPart(sold.length > 0);
    setLines(sold.length > 0 ? linesOf(sold, plan) : [{ offer: "", quantity: "1" }]);
    // Only when it opens: what is typed stays while seats change behind it.
  }, [open]);
  const request = part ? partRequest(lines) : {};
  const giveBack = async () => {
    if (!request) return;
    const asked = { sale: sale.trim(), ...request };
    const answer = await operatorApi.returnSale(id, asked.sale, request, { key: keys.of(asked) });
    keys.done(asked);
    const n = answer.lines.reduce((sum, line) => sum + line.quantity, 0);
    toast(t("operator.returned_toast", { n }), "good");
    setSale("");
    onDone();
  };
  return (
    <Confirm
      open={open}
      title={t("operator.returnTitle")}
      action={t("operator.return")}
      danger
      disabled={!isSaleId(sale) || !request}
      onConfirm={giveBack}
      onClose={onClose}
    >
      <ul class="bullets">
        <li>{t("operator.returnWhat")}</li>
        <li>{t("operator.returnMoney")}</li>
      </ul>
      <TextField
        label={t("operator.saleId")}
        hint={t("operator.saleIdHint")}
        value={sale}
        placeholder="sale_…"
        spellcheck={false}
        onText={setSale}
        error={sale.trim() && !isSaleId(sale) ? t("operator.saleIdWrong") : undefined}
      />
      <SaleFinder
        id={id}
        chosen={sale}
        onChoice={(found) => {
          setSale(found.id);
          // Without a selection on the map, a part begins with all of the sale.
          if (sold.length === 0) setLines(linesOfSale(found));
        }}
      />
      <Switch
        name="part"
        legend={t("operator.returnHowMuch")}
        choices={[
          { value: "all", label: t("operator.returnAll") },
          { value: "part", label: t("operator.returnPart") },
        ]}
        chosen={part ? "part" : "all"}
        onChoice={(choice) => setPart(choice === "part")}
      />
      {part && <PartLines lines={lines} onLines={setLines} />}
    </Confirm>
  );
}

interface PartLinesProps {
  lines: readonly ReturnLine[];
  onLines(lines: readonly ReturnLine[]): void;
}

function PartLines({ lines, onLines }: PartLinesProps) {
  const change = (place: number, changed: Partial<ReturnLine>) =>
    onLines(lines.map((line, at) => (at === place ? { ...line, ...changed } : line)));
  if (lines.length > RETURN_LINES_MAX)
    return <p class="field-error">{t("operator.returnMost", { most: number(RETURN_LINES_MAX) })}</p>;
  return (
    <>
      <ol class="return-lines">
        {lines.map((line, place) => (
          <li key={place} class="return-line">
            <TextField
              label={t("operator.offerId")}
              value={line.offer}
              spellcheck={false}
              onText={(offer) => change(place, { offer })}
            />
            <TextField
              label={t("operator.pieces")}
              inputMode="numeric"
              value={line.quantity}
              onText={(quantity) => change(place, { quantity })}
            />
            <IconButton
              icon="close"
              label={t("operator.removeLine", { n: place + 1 })}
              disabled={lines.length === 1}
              onClick={() => onLines(lines.filter((_, at) => at !== place))}
            />
          </li>
        ))}
      </ol>
      <Button repeats variant="quiet" onClick={() => onLines([...lines, { offer: "", quantity: "1" }])}>
        {t("operator.addLine")}
      </Button>
    </>
  );
}
