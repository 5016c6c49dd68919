import { chooseLanguage, LANGUAGES, type Language, language, t } from "../i18n/index.ts";
import { chooseTheme, THEMES, type Theme, theme } from "../store/theme.ts";
import { IconButton, type IconName, toast } from "../ui/index.ts";

const NAMES: Record<Language, string> = { en: "English", ko: "한국어" };
const THEME_NAMES = {
  system: "common.themeSystem",
  light: "common.themeLight",
  dark: "common.themeDark",
} as const;
const THEME_ICONS: Record<Theme, IconName> = { system: "device", light: "sun", dark: "moon" };

export function Header({ path }: { path: string }) {
  return (
    <header class="header">
      <div class="header-in">
        <a class="brand" href="/">
          <Brand />
          <span class="brand-name">fairhold</span>
        </a>
        <nav class="header-nav" aria-label={t("common.navigation")}>
          <NavLink href="/" label={t("common.events")} isCurrent={path === "/"} />
          <NavLink href="/tickets" label={t("common.tickets")} isCurrent={path === "/tickets"} />
        </nav>
        <LanguageButton />
        <ThemeButton />
      </div>
    </header>
  );
}

export function Footer() {
  return (
    <footer class="footer">
      <span class="muted">fairhold</span>
      <a href="/operator">{t("common.operator")}</a>
    </footer>
  );
}

function NavLink({ href, label, isCurrent }: { href: string; label: string; isCurrent: boolean }) {
  return (
    <a href={href} {...(isCurrent && { "aria-current": "page" })}>
      {label}
    </a>
  );
}

/** The one of the two languages that is not in use: one press away, named in itself. */
function LanguageButton() {
  const other = LANGUAGES.find((known) => known !== language.value) ?? "en";
  const choose = () => chooseLanguage(other).catch(() => toast(t("common.failedDetail"), "bad"));
  return (
    <button type="button" class="language" lang={other} onClick={choose}>
      {NAMES[other]}
    </button>
  );
}

function ThemeButton() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "system";
  const label = `${t("common.theme")}: ${t(THEME_NAMES[theme.value])}`;
  const icon = THEME_ICONS[theme.value];
  // Its name says what is on: pressed again it is the same switch.
  return <IconButton icon={icon} label={label} data-action="theme" onClick={() => chooseTheme(next)} />;
}

/** Three places, one of them still free. */
function Brand() {
  return (
    <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect class="brand-ground" width="32" height="32" rx="9" />
      <circle class="brand-taken" cx="8.5" cy="16" r="3.5" />
      <circle class="brand-free" cx="16" cy="16" r="2.75" />
      <circle class="brand-taken" cx="23.5" cy="16" r="3.5" />
    </svg>
  );
}
