import { t } from "../../../i18n/index.ts";
import { Button, IconButton } from "../../../ui/index.ts";
import { TextField } from "../parts/Field.tsx";
import { EMPTY_LINE, type StockLine, type WrongLine } from "./stock.ts";

interface StockFormProps {
  lines: readonly StockLine[];
  currency: string;
  currencyError: string | undefined;
  wrong: readonly WrongLine[];
  onLines(lines: readonly StockLine[]): void;
  onCurrency(currency: string): void;
}

/** Stock without a file: what there is, how much of it, and what it costs. */
export function StockForm({ lines, currency, currencyError, wrong, onLines, onCurrency }: StockFormProps) {
  const change = (place: number, part: Partial<StockLine>) =>
    onLines(lines.map((line, at) => (at === place ? { ...line, ...part } : line)));
  return (
    <div class="stack">
      <div class="narrow">
        <TextField
          label={t("operator.currency")}
          hint={t("operator.currencyHint")}
          value={currency}
          maxLength={3}
          autocapitalize="characters"
          onText={(typed) => onCurrency(typed.toUpperCase())}
          error={currencyError}
        />
      </div>
      <ol class="stock-lines">
        {lines.map((line, place) => (
          <li key={place} class="stock-line">
            <TextField
              label={t("operator.itemName")}
              value={line.label}
              onText={(label) => change(place, { label })}
              error={wrongWords(wrong, place, "label")}
            />
            <TextField
              label={t("operator.pieces")}
              inputMode="numeric"
              value={line.capacity}
              onText={(capacity) => change(place, { capacity })}
              error={wrongWords(wrong, place, "capacity")}
            />
            <TextField
              label={t("operator.price")}
              inputMode="decimal"
              value={line.price}
              onText={(price) => change(place, { price })}
              error={wrongWords(wrong, place, "price")}
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
      <div>
        <Button repeats onClick={() => onLines([...lines, EMPTY_LINE])}>
          {t("operator.addLine")}
        </Button>
      </div>
      <p class="muted small">{t("operator.priceHint")}</p>
    </div>
  );
}

function wrongWords(wrong: readonly WrongLine[], line: number, field: keyof StockLine): string | undefined {
  const found = wrong.find((one) => one.line === line && one.field === field);
  return found && t(`operator.line_${found.wrong}`);
}
