import type { Translated } from "../catalogue.ts";
import type { cafe as en } from "../en/cafe.ts";
import { either, list, number } from "../formats.ts";

export const cafe: Translated<typeof en> = {
  menu: "메뉴",
  lead: "품절된 메뉴는 실시간으로 표시됩니다.",
  left: ({ n }) => `${number(n)}개 남음`,
  plenty: "주문 가능",
  missing: ({ what }) => `재료 소진: ${list(what)}`,
  soldOut: "품절",
  noMore: ({ what }) => `담은 메뉴로 재고가 모두 소진됩니다: ${list(what)}`,
  ranOut: ({ drink, what }) => `${drink}: 재료 소진, ${list(what)}`,
  back: ({ drink }) => `다시 주문할 수 있습니다: ${drink}`,
  order: "주문 내역",
  orderEmpty: "메뉴를 담아 주세요.",
  orderFor: ({ price }) => `${price} 주문하기`,
  orderNow: "주문하기",
  ordering: "주문하는 중…",
  ordered: "주문이 접수되었습니다",
  confirm: "주문 확정",
  onlyLeft: ({ n, what }) =>
    what.length === 1
      ? `${what.join("")}: ${number(n)}개까지만 만들 수 있습니다.`
      : `${either(what)} 중에서 ${number(n)}개만 더 만들 수 있습니다. 무엇으로 하시겠어요?`,
  noneLeft: ({ what }) => `방금 품절되었습니다: ${list(what)}. 담은 메뉴는 그대로입니다.`,
  takeOut: ({ what }) => `${list(what)} 빼기`,
  offMenu: ({ what }) => `판매가 종료된 메뉴입니다: ${list(what)}`,
};
