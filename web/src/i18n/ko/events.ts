import type { Translated } from "../catalogue.ts";
import type { events as en } from "../en/events.ts";
import { number, percent } from "../formats.ts";

export const events: Translated<typeof en> = {
  title: "공연·상품",
  lead: "잔여 수량을 실시간으로 확인하고 먼저 선점하세요.",
  search: "이름으로 검색",
  from: "날짜(부터)",
  until: "날짜(까지)",
  clear: "초기화",
  left: ({ share }) => `${percent(share)} 남음`,
  few: "매진 임박",
  soldOut: "매진",
  onSale: "판매 중",
  empty: "아직 등록된 공연·상품이 없습니다",
  emptyDetail: "운영자가 등록하면 여기에 바로 나타납니다.",
  noMatch: "검색 결과가 없습니다",
  noMatchDetail: "다른 이름이나 날짜로 찾아보세요.",
  found: ({ n }) => `결과 ${number(n)}건`,
  opensIn: ({ time }) => `판매 시작까지 ${time}`,
  opensOn: ({ time }) => `${time} 판매 시작`,
  closed: "판매 종료",
  cancelled: "취소됨",
};
