import { number, t } from "../i18n/index.ts";
import { IconButton } from "./Button.tsx";

interface StepperProps {
  /** What is counted. */
  label: string;
  value: number;
  min?: number;
  max: number;
  disabled?: boolean;
  onChange(value: number): void;
}

export function Stepper({ label, value, min = 0, max, disabled = false, onChange }: StepperProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would want a legend that is seen
    <div class="stepper" role="group" aria-label={label}>
      <IconButton
        icon="minus"
        label={`${t("common.fewer")}: ${label}`}
        disabled={disabled || value <= min}
        onClick={() => onChange(value - 1)}
      />
      <output aria-live="polite">{number(value)}</output>
      <IconButton
        icon="plus"
        label={`${t("common.another")}: ${label}`}
        disabled={disabled || value >= max}
        onClick={() => onChange(value + 1)}
      />
    </div>
  );
}
