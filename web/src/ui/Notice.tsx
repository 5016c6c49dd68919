import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon.tsx";

export type NoticeKind = "empty" | "error" | "offline" | "info";

const ICONS: Record<NoticeKind, IconName> = {
  empty: "empty",
  error: "warning",
  offline: "offline",
  info: "info",
};

interface NoticeProps {
  kind: NoticeKind;
  title: string;
  children?: ComponentChildren;
}

/** In the place of what is not there: what happened, and what to do now. */
export function Notice({ kind, title, children }: NoticeProps) {
  return (
    <div class={`notice notice-${kind}`} role={kind === "error" ? "alert" : undefined}>
      <span class="notice-icon">
        <Icon name={ICONS[kind]} />
      </span>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
