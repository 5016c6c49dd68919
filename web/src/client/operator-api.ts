import { Api, at, type Call, type ChangeOptions, queryText } from "./api.ts";
import type {
  ActivityAnswer,
  BlockAnswer,
  BlockList,
  BlockRequest,
  CreateRequest,
  InventoryAnswer,
  PlanAnswer,
  ReplanAnswer,
  RestockAnswer,
  RestockRequest,
  ReturnRequest,
  SaleAnswer,
  SettingsPatch,
} from "./types.gen.ts";

/** An answer, and the ETag to send with a change of it. */
export interface Tagged<T> {
  value: T;
  etag: string;
}

/** The calls of one server, also those that want an operator's key. */
export class OperatorApi extends Api {
  /** The settings with what `configure` has to name. */
  async inventoryTagged(id: string): Promise<Tagged<InventoryAnswer>> {
    return tagged(await this.answer({ method: "GET", path: at(id), open: true }));
  }

  /** The plan with what `replacePlan` has to name. */
  async planTagged(id: string): Promise<Tagged<PlanAnswer>> {
    const path = at(id, "plan");
    return tagged(await this.answer({ method: "GET", path, open: true, cache: "no-cache" }));
  }

  /** All sales as a file for spreadsheets. */
  async salesFile(id: string, state?: "sold" | "returned"): Promise<Blob> {
    const path = `${at(id, "sales")}${queryText({ state, format: "csv" })}`;
    return (await this.answer({ method: "GET", path })).blob();
  }

  /** Ends the sale for good. */
  cancel(id: string, reason: string, options?: ChangeOptions): Promise<InventoryAnswer> {
    return this.change("POST", at(id, "cancel"), { reason }, options);
  }

  activity(id: string): Promise<ActivityAnswer> {
    return this.json({ method: "GET", path: at(id, "activity") });
  }

  createInventory(request: CreateRequest, options?: ChangeOptions): Promise<InventoryAnswer> {
    return this.change("POST", "/v1/inventories", request, options);
  }

  blocks(id: string): Promise<BlockList> {
    return this.json({ method: "GET", path: at(id, "blocks") });
  }

  block(id: string, request: BlockRequest, options?: ChangeOptions): Promise<BlockAnswer> {
    return this.change("POST", at(id, "blocks"), request, options);
  }

  async unblock(id: string, block: string, options?: ChangeOptions): Promise<void> {
    await this.answer(this.changing("DELETE", at(id, "blocks", block), undefined, options));
  }

  restock(id: string, request: RestockRequest, options?: ChangeOptions): Promise<RestockAnswer> {
    return this.change("POST", at(id, "restock"), request, options);
  }

  returnSale(id: string, sale: string, request: ReturnRequest, options?: ChangeOptions): Promise<SaleAnswer> {
    return this.change("POST", at(id, "sales", sale, "return"), request, options);
  }

  configure(
    id: string,
    body: SettingsPatch,
    etag: string,
    options?: ChangeOptions,
  ): Promise<InventoryAnswer> {
    return this.json(withEtag(this.changing("PATCH", at(id), body, options), etag));
  }

  replacePlan(id: string, body: unknown, etag: string, options?: ChangeOptions): Promise<ReplanAnswer> {
    return this.json(withEtag(this.changing("PUT", at(id, "plan"), body, options), etag));
  }
}

function withEtag(call: Call, etag: string): Call {
  return { ...call, headers: { ...call.headers, "If-Match": etag } };
}

async function tagged<T>(answer: Response): Promise<Tagged<T>> {
  return { value: (await answer.json()) as T, etag: answer.headers.get("ETag") ?? "*" };
}
