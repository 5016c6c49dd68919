import { money, number, t } from "../../../i18n/index.ts";
import { IconButton } from "../../../ui/index.ts";
import type { Line } from "./lines.ts";

interface LinesProps {
  lines: readonly Line[];
  onRemove?(line: Line): void;
}

export function Lines({ lines, onRemove }: LinesProps) {
  return (
    <ul class="lines">
      {lines.map((line) => (
        <li key={line.offer}>
          <span class="line-name">
            <bdi>{line.name}</bdi>
            <span class="muted small">
              {line.category && <bdi>{line.category}</bdi>}
              {line.quantity > 1 && ` × ${number(line.quantity)}`}
            </span>
          </span>
          <span class="numbers">{line.price ? money(times(line)) : t("seats.unknownTotal")}</span>
          {onRemove && (
            <IconButton
              icon="close"
              label={t("seats.remove", { what: line.name })}
              onClick={() => onRemove(line)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function times({ price, quantity }: Line) {
  return { amount: (price?.amount ?? 0) * quantity, currency: price?.currency ?? "" };
}
