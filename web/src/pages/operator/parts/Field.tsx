import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
}

interface TextFieldProps extends FieldProps {
  value: string;
  type?: "text" | "search" | "password" | "datetime-local";
  inputMode?: "numeric" | "decimal";
  maxLength?: number;
  placeholder?: string;
  autocomplete?: "off";
  autocapitalize?: "characters";
  spellcheck?: boolean;
  onText(value: string): void;
}

/** A labelled field; what is wrong with it is said where it is. */
export function TextField({ label, hint, error, type = "text", onText, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        // The attributes of an input are typed by its literal type; ours are those that all four have.
        type={type as "text"}
        id={id}
        class="input"
        aria-invalid={Boolean(error)}
        aria-describedby={`${id}-more`}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <More id={`${id}-more`} hint={hint} error={error} />
    </div>
  );
}

interface SelectFieldProps<T extends string> extends FieldProps {
  value: T;
  choices: readonly { value: T; label: string }[];
  disabled?: boolean;
  onChoice(value: T): void;
}

export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const { label, hint, error, value, choices, disabled, onChoice } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input"
        value={value}
        disabled={disabled}
        aria-describedby={`${id}-more`}
        onChange={(event) => onChoice(event.currentTarget.value as T)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <More id={`${id}-more`} hint={hint} error={error} />
    </div>
  );
}

function More({ id, hint, error }: { id: string; hint: ComponentChildren; error: string | undefined }) {
  return (
    <div id={id} class="field-more">
      {error && <p class="field-error">{error}</p>}
      {hint && <p class="muted small">{hint}</p>}
    </div>
  );
}
