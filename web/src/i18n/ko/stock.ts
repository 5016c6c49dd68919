import type { Translated } from "../catalogue.ts";
import type { stock as en } from "../en/stock.ts";
import { number } from "../formats.ts";

export const stock: Translated<typeof en> = {
  left: () => "개 남음",
  limitHave: ({ n, have }) => `1인 최대 ${number(n)}개 (현재 ${number(have)}개)`,
  least: ({ n }) => `한 번에 최소 ${number(n)}개`,
  get: ({ n }) => `${number(n)}개 선점하기`,
  try: ({ n }) => `${number(n)}개 선점해 보기`,
  pending: "선점하는 중…",
  soldOut: "일시 품절",
  soldOutDetail: "모두 판매되었거나 다른 고객이 선점 중입니다. 수량이 생기면 바로 표시됩니다.",
  limitReached: "구매 한도에 도달했습니다",
  limitDetail: "선점을 취소하면 다시 선택할 수 있습니다.",
  tooFew: "남은 수량이 부족합니다",
  tooFewDetail: ({ n }) => `한 번에 최소 ${number(n)}개를 선택해야 합니다.`,
  staleDetail: "연결이 끊겨 수량이 최신이 아닐 수 있습니다. 실제 재고는 선점할 때 확인됩니다.",
  closedDetail: "서버와 연결되어 있지 않습니다. 새로고침해 주세요.",
  reserved: "선점 완료",
  reservedSaid: ({ what }) => `선점했습니다: ${what}. 남은 시간 안에 구매해 주세요.`,
  buy: "구매하기",
  buyFor: ({ price }) => `${price} 구매하기`,
  buying: "구매하는 중…",
  release: "선점 취소",
  byShop: "결제와 구매 확정은 판매처에서 진행합니다. 완료될 때까지 이 페이지를 열어 두세요.",
  expired: "선점 시간이 지나 취소되었습니다. 남아 있다면 다시 선택해 주세요.",
  bought: "구매가 완료되었습니다",
  boughtDetail: "이 브라우저의 ‘내 티켓’에서 확인할 수 있습니다.",
  boughtSaid: ({ what }) => `구매 완료: ${what}`,
  number: "주문 번호",
  showTickets: "내 티켓",
  again: "더 구매하기",
};
