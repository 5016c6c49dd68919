import type { Translated } from "../catalogue.ts";
import type { sale as en } from "../en/sale.ts";
import { number } from "../formats.ts";

export const sale: Translated<typeof en> = {
  limitOnce: ({ n }) => `한 번에 최대 ${number(n)}개`,
  limit: ({ n }) => `1인 최대 ${number(n)}개`,
  notYet: ({ time }) => `${time} 판매 시작`,
  over: "판매가 종료되었습니다",
  total: "합계",
  timeLeft: "남은 시간",
  extended: ({ time }) => `시간이 연장되었습니다. 남은 시간 ${time}`,
  released: "선점을 취소했습니다. 지금은 되돌릴 수 있습니다.",
  moreTime: "시간 연장",
  moreTimeGives: ({ time, n, text }) =>
    n === 1 ? `${time}부터 다시, 마지막 1회` : `${time}부터 다시, ${text}회 남음`,
  undo: "되돌리기",
  review: "구매 내용 확인",
  piecesInAll: ({ n }) => `총 ${number(n)}개 금액`,
  goBack: "이전으로",
  confirm: "구매 확정",
  opensIn: ({ time }) => `판매 시작까지 ${time}`,
  cancelled: "취소된 공연·행사입니다. 더 이상 판매하지 않습니다.",
  cancelledShort: "취소됨",
  codeAsk: "선예매 코드가 있으신가요?",
  code: "선예매 코드",
  codeUse: "코드 적용",
  codeWorks: "코드가 적용되었습니다. 이제 해당 좌석과 상품을 선택하실 수 있습니다.",
  codeUsed: ({ code }) => `적용된 코드: ${code}`,
  codeForget: "코드 해제",
  codeGone: "코드를 해제했습니다.",
};
