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
  /** It is all that the page says: its title is the page's. */
  isPage?: boolean;
  children?: ComponentChildren;
}

/** In the place of what is not there: what happened, and what to do now. */
export function Notice({ kind, title, isPage = false, children }: NoticeProps) {
  return (
    <div class={`notice notice-${kind}`} role={kind === "error" ? "alert" : undefined}>
      <span class="notice-icon">
        <Icon name={ICONS[kind]} />
      </span>
      {isPage ? (
        <h1 class="notice-title" tabIndex={-1}>
          {title}
        </h1>
      ) : (
        <h2>{title}</h2>
      )}
      {children}
    </div>
  );
}
