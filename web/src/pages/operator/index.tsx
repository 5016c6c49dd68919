import "./operator.css";
import "./forms.css";
import "./parts.css";
import "./work.css";
import "./charts.css";
import { steps } from "../../store/address.ts";
import { NewPage } from "./create/NewPage.tsx";
import { isSignedIn } from "./key.ts";
import { ListPage } from "./list/ListPage.tsx";
import { SignIn } from "./list/SignIn.tsx";
import { InventoryPage } from "./live/InventoryPage.tsx";

/** Everything below `/operator`, behind the secret key. */
export default function Operator() {
  const place = steps.value[1] ?? "";
  if (!isSignedIn.value) return <SignIn />;
  return <div class="operator">{pageOf(place)}</div>;
}

function pageOf(place: string) {
  if (place === "") return <ListPage />;
  if (place === "new") return <NewPage />;
  return <InventoryPage key={place} id={place} />;
}
