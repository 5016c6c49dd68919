import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon.tsx";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "class" | "size"> {
  variant?: "primary" | "secondary" | "quiet" | "danger";
  size?: "normal" | "large";
  wide?: boolean;
  /** Under way: it keeps the focus and its name, and does nothing. */
  busy?: boolean;
  /** Pressed again and again it does no harm: "Show more", say. Others act once, however often they are pressed. */
  repeats?: boolean;
  children: ComponentChildren;
}

export function Button(props: ButtonProps) {
  const { variant = "secondary", size = "normal", wide, busy, repeats, children, onClick, ...rest } = props;
  const names = ["button", `button-${variant}`];
  if (size === "large") names.push("button-large");
  if (wide) names.push("button-wide");
  return (
    <button
      type="button"
      {...rest}
      data-once={repeats ? undefined : ""}
      {...(busy ? { "aria-disabled": true, "aria-busy": true } : { onClick })}
      class={names.join(" ")}
    >
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "class" | "label" | "icon"> {
  /** What it does, for those who do not see the picture. */
  label: string;
  icon: IconName;
}

export function IconButton({ label, icon, ...rest }: IconButtonProps) {
  return (
    <button type="button" {...rest} class="icon-button" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}
