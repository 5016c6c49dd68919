import type { Translated } from "../catalogue.ts";
import type { problems as en } from "../en/problems.ts";
import { number } from "../formats.ts";

export const problems: Translated<typeof en> = {
  offline: "응답이 없습니다. 연결을 확인하고 다시 시도해 주세요. 두 번 처리되지 않습니다.",
  unit_taken: "다른 분이 먼저 선택했습니다. 다른 것을 골라 주세요.",
  not_enough: "요청하신 것보다 적게 남았습니다.",
  no_adjacent_block: "나란히 붙은 자리가 그만큼 없습니다. 수를 줄이거나 떨어져 앉아 주세요.",
  would_orphan_seat: "한 자리만 홀로 남게 됩니다. 그 자리도 고르거나 한 칸 옮겨 주세요.",
  companion_kept: "비어 있는 휠체어석의 동반인을 위한 좌석입니다.",
  search_exhausted: "인원이 많아 좌석을 찾지 못했습니다. 인원을 줄이거나 구역을 선택해 주세요.",
  buyer_limit: "1인 한도를 넘었습니다. 일부를 해제하거나 수를 줄여 주세요.",
  holds_per_buyer: ({ n }) => `선점은 최대 ${number(n)}건입니다. 먼저 구매하거나 해제해 주세요.`,
  pieces_per_hold: ({ n }) => `한 번에 최대 ${number(n)}개입니다.`,
  pieces_per_hold_min: ({ n }) => `한 번에 최소 ${number(n)}개입니다.`,
  pieces_per_buyer: ({ n }) => `구매와 선점을 합쳐 1인당 최대 ${number(n)}개입니다.`,
  too_many_pieces: "한 번에 선점하기에 너무 많습니다. 수를 줄여 주세요.",
  too_many_units: "한 번에 담기에 너무 많습니다. 나누어 주문해 주세요.",
  not_on_sale: "지금은 판매 중이 아닙니다.",
  hold_expired: "시간이 지나 다른 분이 선택할 수 있게 되었습니다. 다시 선점해 주세요.",
  hold_released: "이미 해제되었습니다. 다시 선점해 주세요.",
  hold_purchased: "이미 구매했습니다.",
  hold_unknown: "더 이상 존재하지 않는 선점입니다.",
  hold_in_group: "묶음에 속해 있어 전체를 함께 구매하거나 해제해야 합니다.",
  extension_limit: "더 이상 연장할 수 없습니다.",
  extension_early: "아직 시간이 충분히 남아 있습니다. 연장 횟수는 줄지 않았습니다.",
  hold_emptied: "선점한 것이 모두 빠집니다. 대신 선점을 해제해 주세요.",
  purchase_needs_key: "결제와 구매 확정은 판매처에서 진행합니다.",
  inventory_unknown: "더 이상 존재하지 않는 판매입니다.",
  unit_unknown: "배치에서 빠진 항목입니다. 새로고침해 주세요.",
  busy: "서버가 매우 혼잡합니다. 잠시 후 다시 시도해 주세요. 두 번 처리되지 않습니다.",
  unexpected: ({ detail, request }) =>
    `${detail || "문제가 생겼습니다."}${request && ` (요청 번호 ${request})`}`,
  keys_full: "오늘 이곳의 거래가 너무 많습니다. 잠시 후 다시 시도해 주세요.",
  body_not_allowed: "변경된 것이 없습니다. 다시 시도해 주세요.",
};
