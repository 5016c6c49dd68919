import type { Translated } from "../catalogue.ts";
import type { list as en } from "../en/list.ts";

export const list: Translated<typeof en> = {
  sections: "구역",
  sectionsHint: "구역을 선택한 다음 좌석을 선택하세요.",
  nothingLeft: "지금은 남은 좌석이 없습니다. 취소표가 나오면 바로 여기에 표시됩니다.",
  backToSections: "전체 구역",
  gridHint: "화살표 키로 이동하고 스페이스 키나 엔터 키로 선택합니다.",
  moreRows: "열 더 보기",
  entrance: ({ entrance }) => `${entrance} 출입구`,
  add: "담기",
  remove: "빼기",
};
