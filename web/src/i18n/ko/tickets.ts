import type { Translated } from "../catalogue.ts";
import type { tickets as en } from "../en/tickets.ts";

export const tickets: Translated<typeof en> = {
  title: "내 티켓",
  lead: "이 브라우저에서 선점하거나 구매한 내역입니다.",
  empty: "아직 내역이 없습니다",
  emptyDetail: "이 브라우저에서 선점하거나 구매하면 여기에 나타납니다.",
  browse: "둘러보기",
  held: "선점 중",
  bought: "구매 완료",
  unknown: "지금은 구매 내역을 불러올 수 없습니다.",
  resume: "계속하기",
  open: "상품 보기",
  number: "주문 번호",
  booked: "예매가 완료되었습니다",
  bookedDetail: ({ text }) => `티켓 ${text}매를 예매했습니다.`,
  booking: "예매 번호",
  seeMine: "내 티켓 보기",
  backToMap: "배치도로 돌아가기",
  returned: "취소 완료",
  returnedOn: ({ time }) => `${time} 취소`,
  cancelled: "취소된 공연·행사입니다.",
  cancelledFor: ({ reason }) => `취소된 공연·행사입니다: ${reason}`,
};
