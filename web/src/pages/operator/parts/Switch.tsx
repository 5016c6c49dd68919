interface SwitchProps<T extends string> {
  /** Of the radio buttons. */
  name: string;
  legend: string;
  choices: readonly { value: NoInfer<T>; label: string }[];
  chosen: T;
  onChoice(value: NoInfer<T>): void;
}

/** One of a few, side by side. */
export function Switch<T extends string>({ name, legend, choices, chosen, onChoice }: SwitchProps<T>) {
  return (
    <fieldset class="switch">
      <legend class="hidden-text">{legend}</legend>
      {choices.map(({ value, label }) => (
        <label key={value} class="switch-choice">
          <input type="radio" name={name} checked={value === chosen} onChange={() => onChoice(value)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
