import { Component, type ComponentChildren } from "preact";
import { t } from "../i18n/index.ts";
import { Button } from "./Button.tsx";
import { Notice } from "./Notice.tsx";

interface BoundaryProps {
  /** Another page gets another chance. */
  page: string;
  children: ComponentChildren;
}

/** Keeps a fault of one page on that page. */
export class Boundary extends Component<BoundaryProps, { failedPage?: string }> {
  override state: { failedPage?: string } = {};

  override componentDidCatch(error: unknown) {
    console.error(error);
    this.setState({ failedPage: this.props.page });
  }

  render() {
    if (this.state.failedPage !== this.props.page) return this.props.children;
    return (
      <Notice isPage kind="error" title={t("common.crashed")}>
        <p class="muted">{t("common.crashedDetail")}</p>
        <Button variant="primary" onClick={() => location.reload()}>
          {t("common.reload")}
        </Button>
      </Notice>
    );
  }
}
