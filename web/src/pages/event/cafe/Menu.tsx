import { t } from "../../../i18n/index.ts";
import { price } from "../../../i18n/price.ts";
import { Stepper } from "../../../ui/index.ts";
import type { MenuLine } from "./menu.ts";

interface MenuProps {
  lines: readonly MenuLine[];
  disabled: boolean;
  /** Nothing of it can be ordered now. */
  isShut: boolean;
  onChange(offer: string, quantity: number): void;
}

/** Where there are more, the number says nothing to a guest. */
const FEW = 20;

export function Menu({ lines, disabled, isShut, onChange }: MenuProps) {
  return (
    <ul class="menu">
      {lines.map((line) => (
        <MenuItem key={line.offer.id} line={line} disabled={disabled} isShut={isShut} onChange={onChange} />
      ))}
    </ul>
  );
}

function MenuItem({ line, disabled, isShut, onChange }: Omit<MenuProps, "lines"> & { line: MenuLine }) {
  const { offer, quantity, left, more } = line;
  const isOut = left === 0;
  return (
    <li class={isOut ? "card menu-item menu-out" : "card menu-item"}>
      <div class="menu-words">
        <h2 class="menu-name">{offer.label}</h2>
        <p class="menu-facts">
          <span class="numbers">{price(offer.price)}</span>
          <span class={isOut ? "menu-missing" : "muted numbers"}>
            {isShut && !isOut ? "" : standing(line)}
          </span>
        </p>
      </div>
      {(!isOut || quantity > 0) && (
        <Stepper
          label={offer.label}
          value={quantity}
          max={quantity + more}
          disabled={disabled}
          onChange={(next) => onChange(offer.id, next)}
        />
      )}
    </li>
  );
}

function standing({ left, more, quantity, missing }: MenuLine): string {
  if (left === 0) return missing.length > 0 ? t("cafe.missing", { what: missing }) : t("cafe.soldOut");
  if (more === 0 && missing.length > 0) return t("cafe.noMore", { what: missing });
  return left <= FEW || quantity > 0 ? t("cafe.left", { n: left }) : t("cafe.plenty");
}
