import type { Translated } from "../catalogue.ts";
import type { refusals as en } from "../en/refusals.ts";

export const refusals: Translated<typeof en> = {
  unitTaken: ({ seats }) => `이미 선택된 좌석입니다: ${seats}. 나머지 좌석은 그대로입니다.`,
  notEnough: "남은 좌석이 부족합니다. 매수를 줄이거나 다른 등급을 선택해 주세요.",
  notEnoughBlock: ({ text }) => `연석은 최대 ${text}석입니다. 매수를 줄이거나 다른 등급을 선택해 주세요.`,
  noBlock: ({ text }) => `연석이 부족합니다(최대 ${text}석). 매수를 줄이거나 연석 조건을 해제해 주세요.`,
  noBlockAtAll: "좌석은 충분하지만 연석이 없습니다. ‘연석만’을 해제해 주세요.",
  orphan: ({ seats }) => `한 좌석만 띄어 선택할 수 없습니다(${seats}). 붙여서 선택해 주세요.`,
  pieceLimit: ({ text }) => `1인 최대 ${text}매까지 예매할 수 있습니다.`,
  holdLimit: ({ text }) => `선점은 최대 ${text}건입니다. 결제하거나 취소한 뒤 다시 시도해 주세요.`,
  buyerLimit: "1인 예매 한도에 도달했습니다.",
  tooManyPieces: ({ text }) => `한 번에 최대 ${text}매까지 선택할 수 있습니다.`,
  holdReleased: "이미 선점을 취소한 좌석입니다.",
  holdPurchased: "이미 예매한 좌석입니다.",
  extensionLimit: "더 이상 연장할 수 없습니다.",
  needsKey: "결제는 판매처에서 진행합니다. 남은 시간 동안 좌석이 유지됩니다.",
  gone: "선택하신 좌석이 판매에서 제외되었습니다. 다시 선택해 주세요.",
  guestRange: "이 자리에서 선택할 수 없는 인원입니다.",
  noAnswer: "서버가 응답하지 않았습니다. 좌석은 그대로이니 다시 시도해 주세요.",
  busy: "접속이 많습니다. 잠시 후 다시 시도해 주세요.",
};
